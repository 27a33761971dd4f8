%% A scenario, as `lode run --emit terms` writes it (runtime/terms.c).
-record(program, {mode, driver, base, code, clauses, templates,
                  dynamic}). % whether it has Elixir's dynamic supervisors

%% One run of a scenario.
-record(c, {number,    % of the scenario in its batch
            collector, % process that hears what is logged
            timers,    % table of what is still to come: {Key, Pid, Time}
            prefix,    % of the names of this run
            scale,     % real milliseconds for a virtual one
            began,     % real time at the start
            jitter}).  % way of giving way
