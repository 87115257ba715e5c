package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.testing.ConcurrentCases;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreCopy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Every fault seen in the services; by default the one of either side that loses records most easily. */
class FaultsIT extends PackagedFixture {

    private static final Duration FACTORY = Duration.ofMinutes(8);
    private static final int AT_ONCE = 3;
    private static final Duration LONGEST = Duration.ofSeconds(60);
    /** One fresh window and four of the backlog. */
    private static final Duration FIVE_WINDOWS = Duration.ofMinutes(270);

    private static final Duration ONE_WINDOW = Duration.ofMinutes(50);

    /** The answer is incomplete. */
    private static final TapFault OF_TAP = TapFault.HALF_A_DOCUMENT;
    /** The rows are stored, but the acknowledgement is lost. */
    private static final SinkFault OF_THE_SINK = SinkFault.RESET_AFTER_STORING;

    @TestFactory
    Stream<DynamicTest> nothingIsLostAndOnlyWhatIsListedIsTwice() {
        return ConcurrentCases.run(2, Duration.ofMinutes(3), List.of(OF_TAP, OF_THE_SINK), Enum::name, fault -> {
            if (fault instanceof TapFault tap) {
                assertThatNothingIsLost(tap);
            } else {
                assertThatNothingIsLost(OF_THE_SINK);
            }
        });
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicTest> tapFaultsLoseNothingAndDoubleNothing() {
        return ConcurrentCases.run(
                AT_ONCE,
                FACTORY,
                List.copyOf(EnumSet.complementOf(EnumSet.of(OF_TAP))),
                TapFault::name,
                this::assertThatNothingIsLost);
    }

    @TestFactory
    @Tag("full")
    Stream<DynamicTest> sinkFaultsLoseNothingAndDoubleOnlyWhatIsListed() {
        return ConcurrentCases.run(
                AT_ONCE,
                FACTORY,
                List.copyOf(EnumSet.complementOf(EnumSet.of(OF_THE_SINK))),
                SinkFault::name,
                this::assertThatNothingIsLost);
    }

    /** A TAP fault loses and duplicates nothing. */
    private void assertThatNothingIsLost(TapFault fault) throws Exception {
        try (ScriptedServices services = new ScriptedServices(300, FIVE_WINDOWS)) {
            TapFault.Plan plan =
                    new TapFault.Plan(fault, Instant.parse(services.properties().get("tap.poll.start")));
            services.tap().script(call -> plan::on);
            PackagedProgram.Launch launch = launch(services, folder.resolve(fault.name()));
            try (PackagedProgram program = launch.start()) {
                program.awaitThat(fault + " met and everything committed", LONGEST, () -> plan.isOver(program));
                services.live().assertThatAllCommittedLandedOnce(program);
                program.kill();
                try (StoreCopy store = StoreCopy.of(launch.work())) {
                    assertThat(store.count("gap")).as("gaps").isZero();
                }
            }
        }
    }

    /** A fault of the ingestion endpoint loses nothing and duplicates only listed records. */
    private void assertThatNothingIsLost(SinkFault fault) throws Exception {
        try (ScriptedServices services = new ScriptedServices(900, ONE_WINDOW)) {
            SinkFault.Plan plan = new SinkFault.Plan(fault, services);
            services.tap().script(call -> plan::onRead);
            services.sink().script(call -> plan::onUpload);
            PackagedProgram.Launch launch = launch(services, folder.resolve(fault.name()));
            try (PackagedProgram program = launch.start()) {
                program.awaitThat(fault + " met and everything landed", LONGEST, plan::isOver);
                program.awaitLine(LiveServices.COMMITTED, LONGEST);
                services.live().assertThatNothingCommittedIsLost(program);
                program.kill();
                int twice = services.assertThatDuplicatesAreListed(launch.work());
                assertThat(twice > 0)
                        .as("rows twice, exactly when the fault stored them")
                        .isEqualTo(fault.stores());
            }
        }
    }

    /** A program with short timeouts and pauses. */
    static PackagedProgram.Launch launch(ScriptedServices services, Path folder) throws Exception {
        return services.launch(folder)
                .with("tap.retry.pauses", "PT0.2S,PT0.4S")
                .with("tap.rest.throttled", "PT1S")
                .with("tap.rest.credentials", "PT1S")
                .tableOptions("batchRecords: 50", "lingerMs: 100", "retryBackoffMs: 100", "retryBackoffMaxMs: 500")
                .tapTimeout(Duration.ofSeconds(1));
    }
}
