package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.CustomRoutes;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreCopy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** One program that meets one kind of fault: at the first, a middle and the last request, and three times in a row. */
final class FaultScenario {

    private static final Duration LONGEST = Duration.ofSeconds(60);
    /** One fresh window and four of the backlog. */
    private static final Duration FIVE_WINDOWS = Duration.ofMinutes(270);

    private static final Duration ONE_WINDOW = Duration.ofMinutes(50);

    private FaultScenario() {}

    /** A fault of TAP loses nothing and doubles nothing. */
    static void tap(TapFault fault, Path folder) throws Exception {
        try (ScriptedServices stage = new ScriptedServices(
                SandboxSettings.builder()
                        .seed(60 + fault.ordinal())
                        .eventsPerHour(300)
                        .shareWithoutId(0.05),
                FIVE_WINDOWS)) {
            TapFault.Plan plan =
                    new TapFault.Plan(fault, Instant.parse(stage.properties().get("tap.poll.start")));
            stage.tap().script(call -> plan::on);
            PackagedProgram.Launch launch = launch(stage, folder.resolve(fault.name()));
            try (PackagedProgram program = launch.start()) {
                program.awaitThat(fault + " met and everything committed", LONGEST, () -> plan.isOver(program));
                int events = stage.services().assertThatAllCommittedLandedOnce(program);
                program.kill();
                try (StoreCopy store = StoreCopy.of(launch.work())) {
                    assertThat(store.count("gap")).as("gaps").isZero();
                }
                System.out.printf(
                        "fault at TAP: %s: %d of %d requests, 0 of %d events lost, 0 twice%n",
                        fault, plan.met(), stage.tap().requests(), events);
            }
        }
    }

    /** A fault of the tables' endpoint loses nothing, and doubles only what the store has listed. */
    static void sink(SinkFault fault, Path folder) throws Exception {
        try (ScriptedServices stage = new ScriptedServices(
                SandboxSettings.builder()
                        .seed(80 + fault.ordinal())
                        .eventsPerHour(900)
                        .shareWithoutId(0.05),
                ONE_WINDOW)) {
            SinkFault.Plan plan = new SinkFault.Plan(fault, stage);
            stage.tap().script(call -> plan::onRead);
            stage.sink().script(call -> plan::onUpload);
            PackagedProgram.Launch launch = launch(stage, folder.resolve(fault.name()));
            try (PackagedProgram program = launch.start()) {
                program.awaitThat(fault + " met and everything landed", LONGEST, plan::isOver);
                program.awaitLine(LiveServices.COMMITTED, LONGEST);
                int events = stage.services().assertThatNothingCommittedIsLost(program);
                program.kill();
                int twice = stage.assertThatDuplicatesAreListed(launch.work());
                assertThat(twice > 0)
                        .as("twice, which has to be where it was stored")
                        .isEqualTo(fault.stores());
                System.out.printf(
                        "fault at the sink: %s: %d of %d uploads, 0 of %d events lost, %d twice, all of them listed%n",
                        fault, plan.met(), stage.sink().requests(), events, twice);
            }
        }
    }

    /** A program that gives up early and comes again soon. */
    static PackagedProgram.Launch launch(ScriptedServices stage, Path folder) throws Exception {
        PackagedProgram.Launch launch = PackagedProgram.in(folder)
                .with(stage.properties())
                .with("tap.retry.pauses", "PT0.2S,PT0.4S")
                .with("tap.rest.throttled", "PT1S")
                .with("tap.rest.credentials", "PT1S");
        CustomRoutes.in(
                launch.work(), "batchRecords: 50", "lingerMs: 100", "retryBackoffMs: 100", "retryBackoffMaxMs: 500");
        CustomRoutes.tapTimeout(launch.work(), 1_000);
        return launch;
    }
}
