-module(vat_plain).
-export([gross/2]).

gross(Net, Rate) -> Net * (1 + Rate).
