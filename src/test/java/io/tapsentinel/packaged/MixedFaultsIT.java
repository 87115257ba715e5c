package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.packaged.ScriptedServer.Step;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.tap.TimeRange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All faults of both services mixed, drawn from one seed. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MixedFaultsIT {

    private static final long SEED = Long.getLong("tapsentinel.seed", 70);
    private static final double SHARE = 0.5;
    private static final int AT_TAP = 25;
    private static final int AT_THE_SINK = 60;
    private static final Duration HISTORY = Duration.ofMinutes(330);

    @TempDir
    Path folder;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Map<TapFault, Integer> tapFaults = new EnumMap<>(TapFault.class);
    private final Map<SinkFault, Integer> sinkFaults = new EnumMap<>(SinkFault.class);
    private Instant end;

    @Test
    void nothingIsLostAndOnlyWhatIsListedIsTwice() throws Exception {
        try (Stage stage = new Stage(SandboxSettings.builder().seed(SEED).eventsPerHour(700).shareWithoutId(0.05), HISTORY)) {
            Instant origin = Instant.parse(stage.properties().get("tap.poll.start"));
            stage.tap().script(request -> {
                TapFault fault = draw(TapFault.values(), tapFaults, AT_TAP);
                return fault == null ? this::answered : fault;
            });
            stage.sink().script(request -> {
                SinkFault fault = draw(SinkFault.values(), sinkFaults, AT_THE_SINK);
                return upload -> {
                    if (fault == null) {
                        stage.store(upload);
                    } else {
                        fault.on(upload, stage);
                    }
                };
            });
            PackagedProgram.Launch launch = FaultsIT.launch(stage, folder);
            try (PackagedProgram program = launch.start()) {
                program.awaitThat("all is committed, seed " + SEED, Duration.ofSeconds(200), () -> program.found(Services.COMMITTED).size() > 5
                        && TapPlan.covers(program.found(Services.COMMITTED).stream().map(line -> new TimeRange(Instant.parse(line.group(1)),
                        Instant.parse(line.group(2)))).toList(), origin, end()));
                int events = stage.services().assertThatNothingCommittedIsLost(program);
                program.kill();
                int twice = FaultsIT.assertThatOnlyListedOnesAreThereTwice(stage, launch);
                System.out.printf("mixed faults, seed %d: TAP %s, sink %s: 0 of %d events lost, %d twice, all of them listed%n", SEED,
                        tapFaults, sinkFaults, events, twice);
                assertThat(tapFaults.size()).as("kinds at TAP").isGreaterThan(TapFault.values().length / 2);
                assertThat(sinkFaults.size()).as("kinds at the sink").isGreaterThan(SinkFault.values().length / 2);
            }
        }
    }

    private void answered(Call request) throws IOException, InterruptedException {
        synchronized (this) {
            end = end == null ? Stage.window(request)[1] : end;
        }
        Step.PASS.on(request);
    }

    private synchronized Instant end() {
        return end;
    }

    /** A fault, or null for none; never more than so many. */
    private synchronized <F extends Enum<F>> F draw(F[] kinds, Map<F, Integer> drawn, int most) {
        if (random.nextDouble() >= SHARE || drawn.values().stream().mapToInt(Integer::intValue).sum() >= most) {
            return null;
        }
        F fault = List.of(kinds).get(random.nextInt(kinds.length));
        drawn.merge(fault, 1, Integer::sum);
        return fault;
    }
}
