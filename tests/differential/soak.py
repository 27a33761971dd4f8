#!/usr/bin/env python3
"""Compares N random scenarios with real OTP, from SEED on: soak.py [N] [SEED]. Prints each
disagreement with the scenario's seed, the first CUT (5) of them cut down, and both sets of
outcomes; exit status 1 then."""
import concurrent.futures, os, sys, tempfile

import differential as d

BATCH = 200
CUT = int(os.environ.get("CUT", "5"))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    seed = sys.argv[2] if len(sys.argv) > 2 else "soak"
    tally, shown = d.Tally(), 0
    with tempfile.TemporaryDirectory() as folder:
        c = d.Comparison(folder)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            def prepare(first):
                return c.prepared(d.random_batch(seed, first, min(BATCH, count - first)))
            ahead = pool.submit(prepare, 0)
            for first in range(0, count, BATCH):
                ready = ahead.result()
                ahead = pool.submit(prepare, first + BATCH) if first + BATCH < count else None
                c.compare(ready, tally, seed=first // BATCH + 1)
                for name, text, strange, possible in tally.disagreements[shown:]:
                    d.show(name, text, strange, possible)
                    if shown < CUT:
                        print("cut down:\n" + c.minimised(text), flush=True)
                    shown += 1
                if first // BATCH % 5 == 4:
                    print(tally.line(), flush=True)
        c.otp.close()
    print(tally.line())
    return 1 if tally.disagreements else 0


sys.exit(main())
