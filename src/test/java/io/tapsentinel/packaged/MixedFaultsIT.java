package io.tapsentinel.packaged;

import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServer.Step;
import io.tapsentinel.testing.ScriptedServices;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All faults of both services mixed, drawn from one seed. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class MixedFaultsIT extends PackagedFixture {

    private static final long SEED = Long.getLong("tapsentinel.seed", 70);
    private static final double SHARE = 0.5;
    private static final int ROUNDS_AT_TAP = 1;
    private static final int ROUNDS_AT_THE_SINK = 6;
    private static final Duration HISTORY = Duration.ofMinutes(330);

    private final Draw<TapFault> tapFaults = new Draw<>(TapFault.values(), ROUNDS_AT_TAP);
    private final Draw<SinkFault> sinkFaults = new Draw<>(SinkFault.values(), ROUNDS_AT_THE_SINK);
    private Instant end;

    @Test
    void nothingIsLostAndOnlyWhatIsListedIsTwice() throws Exception {
        ScriptedServices services = open(new ScriptedServices(700, HISTORY));
        Instant origin = Instant.parse(services.properties().get("tap.poll.start"));
        services.tap().script(request -> {
            TapFault fault = tapFaults.next();
            return fault == null ? this::answered : fault;
        });
        services.sink().script(request -> {
            SinkFault fault = sinkFaults.next();
            return upload -> {
                if (fault == null) {
                    services.store(upload);
                } else {
                    fault.on(upload, services);
                }
            };
        });
        PackagedProgram.Launch launch = FaultsIT.launch(services, folder);
        PackagedProgram program = open(launch.start());
        // how many requests it takes depends on how the faults fall; polls go on until each kind was met
        program.awaitThat(
                "all is met and committed, seed " + SEED,
                Duration.ofSeconds(200),
                () -> tapFaults.isOver()
                        && sinkFaults.met() == SinkFault.values().length
                        && program.found(LiveServices.COMMITTED).size() > 5
                        && TapFault.Plan.covers(
                                program.found(LiveServices.COMMITTED).stream()
                                        .map(line -> new TimeRange(
                                                Instant.parse(line.group(1)), Instant.parse(line.group(2))))
                                        .toList(),
                                origin,
                                end()));
        int events = services.live().assertThatNothingCommittedIsLost(program);
        program.kill();
        int twice = services.assertThatDuplicatesAreListed(launch.work());
        System.out.printf(
                "mixed faults, seed %d: TAP %s, sink %s: 0 of %d events lost, %d twice, all of them listed%n",
                SEED, tapFaults, sinkFaults, events, twice);
    }

    private void answered(ScriptedRequest request) throws IOException, InterruptedException {
        synchronized (this) {
            end = end == null ? ScriptedServices.window(request)[1] : end;
        }
        Step.PASS.on(request);
    }

    private synchronized Instant end() {
        return end;
    }

    /** All kinds in a drawn order, so many times, with requests between them that meet nothing. */
    private static final class Draw<F extends Enum<F>> {
        private final SplittableRandom random = new SplittableRandom(SEED);
        private final Deque<F> left = new ArrayDeque<>();
        private final Map<F, Integer> met = new TreeMap<>();

        Draw(F[] kinds, int rounds) {
            Random order = new Random(SEED);
            for (int i = 0; i < rounds; i++) {
                List<F> round = new ArrayList<>(List.of(kinds));
                Collections.shuffle(round, order);
                left.addAll(round);
            }
        }

        /** A fault, or null for none. */
        synchronized F next() {
            if (left.isEmpty() || random.nextDouble() >= SHARE) {
                return null;
            }
            met.merge(left.peek(), 1, Integer::sum);
            return left.poll();
        }

        synchronized boolean isOver() {
            return left.isEmpty();
        }

        /** How many kinds were met so far. */
        synchronized int met() {
            return met.size();
        }

        @Override
        public synchronized String toString() {
            return met.toString();
        }
    }
}
