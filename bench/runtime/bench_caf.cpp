// CAF's side of `make bench-runtime`: one measurement, as runtime.py asks for it.
//   bench_caf THREADS NAME     prints one figure, or "none" where CAF has nothing of the kind
#include <caf/all.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

using namespace caf;
using go_atom = atom_constant<atom("go")>;
using done_atom = atom_constant<atom("done")>;
using junk_atom = atom_constant<atom("junk")>;
using next_atom = atom_constant<atom("next")>;
using ask_atom = atom_constant<atom("ask")>;

namespace {

double seconds() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

double resident() {
  unsigned long size = 0, pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (f && fscanf(f, "%lu %lu", &size, &pages) != 2) pages = 0;
  if (f) fclose(f);
  return double(pages) * double(sysconf(_SC_PAGESIZE));
}

behavior echo(event_based_actor *self) {
  return {
      [=](go_atom, const actor &from) { self->send(from, done_atom::value); },
      [=](ask_atom, int n) { return n; },
  };
}

behavior ping(event_based_actor *self, long amount, const actor &root) {
  auto partner = self->spawn(echo);
  auto left = std::make_shared<long>(amount);
  return {
      [=](go_atom) { self->send(partner, go_atom::value, actor{self}); },
      [=](done_atom) {
        if (--*left == 0) {
          self->send(root, done_atom::value);
          self->send_exit(partner, exit_reason::user_shutdown);
          self->quit();
        } else {
          self->send(partner, go_atom::value, actor{self});
        }
      },
  };
}

behavior ring_node(event_based_actor *self, const actor &root) {
  auto next = std::make_shared<actor>();
  return {
      [=](next_atom, const actor &a) { *next = a; },
      [=](long n) {
        if (n == 0) self->send(root, done_atom::value);
        else self->send(*next, n - 1);
      },
      [=](done_atom) { *next = actor{}; self->quit(); },
  };
}

behavior producer(event_based_actor *self, long amount, const actor &to) {
  auto left = std::make_shared<long>(amount);
  return {[=](go_atom) {
    for (int i = 0; i < 100; ++i) self->send(to, go_atom::value);
    if ((*left -= 100) > 0) self->send(actor{self}, go_atom::value);
    else self->quit();
  }};
}

behavior counter(event_based_actor *self, long amount, const actor &root) {
  auto left = std::make_shared<long>(amount);
  return {[=](go_atom) {
    if (--*left == 0) {
      self->send(root, done_atom::value);
      self->quit();
    }
  }};
}

struct caller_state {
  long left = 0;
};

void ask_on(stateful_actor<caller_state> *self, const actor &server, const actor &root) {
  if (self->state.left-- == 0) {
    self->send(root, done_atom::value);
    self->quit();
    return;
  }
  self->request(server, std::chrono::seconds(5), ask_atom::value, 1)
      .then([=](int) { ask_on(self, server, root); });
}

behavior caller(stateful_actor<caller_state> *self, long amount, const actor &server,
                const actor &root) {
  self->state.left = amount;
  return {[=](go_atom) { ask_on(self, server, root); }};
}

behavior idle(event_based_actor *) {
  return {[](go_atom) {}};
}

void wait_for(scoped_actor &self, int count) {
  for (int i = 0; i < count; ++i) self->receive([](done_atom) {});
}

double ring(actor_system &system, scoped_actor &self, int tokens, long hops) {
  std::vector<actor> nodes;
  for (int i = 0; i < 503; ++i) nodes.push_back(system.spawn(ring_node, actor{self}));
  for (size_t i = 0; i < 503; ++i)
    self->send(nodes[i], next_atom::value, nodes[(i + 1) % 503]);
  double begun = seconds();
  for (int i = 0; i < tokens; ++i)
    self->send(nodes[size_t(i * 503 / tokens)], hops / tokens);
  wait_for(self, tokens);
  double rate = double(hops) / (seconds() - begun);
  for (auto &n : nodes) self->send(n, done_atom::value);
  return rate;
}

double call(actor_system &system, scoped_actor &self, int callers, long amount) {
  auto server = system.spawn(echo);
  double begun = seconds();
  for (int i = 0; i < callers; ++i) {
    auto c = system.spawn(caller, amount / callers, server, actor{self});
    self->send(c, go_atom::value);
  }
  wait_for(self, callers);
  double rate = double(amount) / (seconds() - begun);
  self->send_exit(server, exit_reason::user_shutdown);
  return rate;
}

void junk(scoped_actor &self, long count) {
  for (long i = 0; i < count; ++i) self->send(actor{self}, junk_atom::value, i);
}

double selective(scoped_actor &self, long depth, long rounds) {
  junk(self, depth);
  self->send(actor{self}, go_atom::value);
  self->receive([](go_atom) {});
  double begun = seconds();
  for (long i = 0; i < rounds; ++i) {
    self->send(actor{self}, go_atom::value);
    self->receive([](go_atom) {});
  }
  return (seconds() - begun) * 1e9 / (double(depth) * double(rounds));
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  std::string name = argv[2];
  actor_system_config config;
  config.set("scheduler.max-threads", size_t(atoi(argv[1])));
  actor_system system{config};
  scoped_actor self{system};
  double figure = -1;
  if (name == "ping_pong") {
    long n = 500000;
    auto p = system.spawn(ping, n, actor{self});
    double begun = seconds();
    self->send(p, go_atom::value);
    wait_for(self, 1);
    figure = double(n) / (seconds() - begun);
  } else if (name == "ring_1") {
    figure = ring(system, self, 1, 1000000);
  } else if (name == "ring_50") {
    figure = ring(system, self, 50, 2000000);
  } else if (name == "fan_in_8" || name == "cast") {
    int producers = name == "cast" ? 1 : 8;
    long n = 2000000;
    auto c = system.spawn(counter, n, actor{self});
    double begun = seconds();
    for (int i = 0; i < producers; ++i)
      self->send(system.spawn(producer, n / producers, c), go_atom::value);
    wait_for(self, 1);
    figure = double(n) / (seconds() - begun);
  } else if (name == "spawn_exit") {
    long n = 200000;
    actor root{self};
    double begun = seconds();
    for (long i = 0; i < n; i += 100) {
      for (int k = 0; k < 100; ++k)
        system.spawn([root](event_based_actor *a) { a->send(root, done_atom::value); });
      wait_for(self, 100);
    }
    figure = double(n) / (seconds() - begun);
  } else if (name == "call") {
    figure = call(system, self, 1, 300000);
  } else if (name == "call_8") {
    figure = call(system, self, 8, 300000);
  } else if (name == "idle_bytes") {
    long n = 200000;
    std::vector<actor> all;
    all.reserve(size_t(n));
    double before = resident();
    for (long i = 0; i < n; ++i) all.push_back(system.spawn(idle));
    usleep(200000);
    figure = (resident() - before) / double(n);
    for (auto &a : all) self->send_exit(a, exit_reason::user_shutdown);
  } else if (name == "queued_bytes") {
    long n = 1000000;
    double before = resident();
    junk(self, n);
    figure = (resident() - before) / double(n);
  } else if (name == "selective_1e3") {
    figure = selective(self, 1000, 5000);
  } else if (name == "selective_1e5") {
    figure = selective(self, 100000, 30);
  } else if (name == "selective_1e6") {
    figure = selective(self, 1000000, 3);
  } else if (name == "selective_first_1e6") {
    long n = 1000000;
    junk(self, n);
    self->send(actor{self}, go_atom::value);
    double begun = seconds();
    self->receive([](go_atom) {});
    figure = (seconds() - begun) * 1e9 / double(n);
  }
  if (figure < 0) printf("none\n");
  else printf("%.6g\n", figure);
  fflush(stdout);
  _exit(0);
}
