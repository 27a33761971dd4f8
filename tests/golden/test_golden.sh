#!/bin/sh
# Every golden case: its claims hold and its output is the expected one.
exec tools/run-golden --lode "${LODE:-./lode}"
