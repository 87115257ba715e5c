package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreCopy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sixty programs that are killed or stopped at random moments, while both services have random faults; all of it drawn from one seed. */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class RandomKillsIT extends PackagedFixture {

    private static final long SEED = Long.getLong("tapsentinel.seed", 90);
    private static final int STORES = 3;
    private static final int ENDS_OF_EACH = 20;
    private static final double SHARE_OF_FAULTS = 0.3;
    private static final double SHARE_OF_KILLS = 0.7;
    private static final int LONGEST_LIFE_MS = 3_000;
    private static final Duration HISTORY = Duration.ofHours(10);

    @Test
    void nothingIsLostAndEveryDuplicateIsListed() throws Exception {
        List<Future<Chain>> running = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(STORES);
        try {
            for (int i = 0; i < STORES; i++) {
                Chain chain = new Chain(folder.resolve("store-" + i), SEED + i);
                running.add(threads.submit(chain::run));
            }
            int ends = 0;
            for (Future<Chain> one : running) {
                Chain chain = one.get();
                System.out.println(chain);
                ends += chain.kills + chain.stops;
                // 143 is a stop before the program handles signals
                assertThat(chain.codes.keySet()).as("exit codes of stops").isSubsetOf(0, 143);
            }
            assertThat(ends).as("kills and stops").isEqualTo(STORES * ENDS_OF_EACH);
        } finally {
            threads.shutdownNow();
        }
    }

    /** One store whose programs end one after the other. */
    private static final class Chain {

        private final Path folder;
        private final long seed;
        private final SplittableRandom random;
        private final Map<TapFault, Integer> tapFaults = new EnumMap<>(TapFault.class);
        private final Map<SinkFault, Integer> sinkFaults = new EnumMap<>(SinkFault.class);
        private final Map<Integer, Integer> codes = new TreeMap<>();
        private final List<MatchResult> committed = new ArrayList<>();
        private int kills;
        private int stops;
        private int events;
        private int twice;

        private Chain(Path folder, long seed) {
            this.folder = folder;
            this.seed = seed;
            this.random = new SplittableRandom(seed);
        }

        private Chain run() throws Exception {
            try (ScriptedServices services = new ScriptedServices(1_500, HISTORY)) {
                services.tap().script(request -> {
                    TapFault fault = draw(tapFaults, TapFault.values());
                    return fault == null ? ScriptedServer.Step.PASS : fault;
                });
                services.sink().script(request -> {
                    SinkFault fault = draw(sinkFaults, SinkFault.values());
                    return fault == null ? services::store : upload -> fault.on(upload, services);
                });
                PackagedProgram.Launch launch = FaultsIT.launch(services, folder);
                for (int i = 0; i < ENDS_OF_EACH; i++) {
                    services.deliveries().nextLife();
                    try (PackagedProgram program = launch.start()) {
                        end(program);
                    }
                }
                services.deliveries().nextLife();
                finish(services, launch);
            }
            return this;
        }

        private void end(PackagedProgram program) throws Exception {
            program.awaitLine("tap-sentinel reads");
            LockSupport.parkNanos(
                    Duration.ofMillis(random.nextInt(LONGEST_LIFE_MS)).toNanos());
            if (random.nextDouble() < SHARE_OF_KILLS) {
                program.kill();
                kills++;
            } else {
                program.signal("TERM");
                codes.merge(program.awaitExit(), 1, Integer::sum);
                stops++;
            }
            committed.addAll(program.found(LiveServices.COMMITTED));
        }

        private void finish(ScriptedServices services, PackagedProgram.Launch launch) throws Exception {
            try (PackagedProgram program = launch.start()) {
                program.awaitThat("each kind of fault was met, seed " + seed, this::hasMetAll);
                services.tap().script(call -> ScriptedServer.Step.PASS);
                services.sink().script(call -> services::store);
                program.awaitLine("poll .* committed in");
                LiveServices.awaitNoBacklog(program, launch.work());
                committed.addAll(program.found(LiveServices.COMMITTED));
                program.kill();
            }
            events = services.live().assertThatNothingIsLost(() -> committed);
            twice = services.assertThatDuplicatesAreListed(launch.work());
            try (StoreCopy store = StoreCopy.of(launch.work())) {
                assertThat(store.count("gap")).as("gaps, seed %d", seed).isZero();
            }
        }

        /** A fault of those that were met least, or null for none. */
        private synchronized <F extends Enum<F>> F draw(Map<F, Integer> met, F[] kinds) {
            if (random.nextDouble() >= SHARE_OF_FAULTS) {
                return null;
            }
            int least = Stream.of(kinds)
                    .mapToInt(kind -> met.getOrDefault(kind, 0))
                    .min()
                    .getAsInt();
            List<F> rarest = Stream.of(kinds)
                    .filter(kind -> met.getOrDefault(kind, 0) == least)
                    .toList();
            F fault = rarest.get(random.nextInt(rarest.size()));
            met.merge(fault, 1, Integer::sum);
            return fault;
        }

        private synchronized boolean hasMetAll() {
            return tapFaults.size() == TapFault.values().length && sinkFaults.size() == SinkFault.values().length;
        }

        @Override
        public String toString() {
            return "random kills, seed " + seed + ": " + kills + " kills, " + stops + " stops with codes " + codes
                    + "; TAP " + tapFaults + ", sink " + sinkFaults + ": 0 of " + events + " events lost, " + twice
                    + " twice, all of them listed";
        }
    }
}
