package io.tapsentinel.packaged;

import static io.tapsentinel.testing.PackagedProgram.awaitSoon;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.process.FatalErrors;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest.Answer;
import io.tapsentinel.testing.ScriptedServices;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that ends at once: by {@code kill -9} while acknowledgements are in flight, or by an Error. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KillIT extends PackagedFixture {

    @Test
    void aKillBeforeTheBatchesAreStoredLosesAndDuplicatesNothing() throws Exception {
        LiveServices services = open(new LiveServices(6_000, Duration.ofMinutes(20)));
        PackagedProgram.Launch launch = services.launch(folder);
        services.tables().hold();
        int held;
        try (PackagedProgram program = launch.start()) {
            awaitSoon("acknowledgements are held", () -> services.tables().waiting() > 0);
            held = services.tables().waiting();
            program.kill();
        }
        services.tables().refuseWhatWaits();
        assertThat(services.tables().size()).as("rows before the restart").isZero();

        try (PackagedProgram program = launch.start()) {
            program.awaitCommitted();
            services.assertThatAllCommittedLandedOnce(program);
        }
    }

    @Test
    void anErrorExitsWithThreeAndTheNextStartReadsTheUncommitted() throws Exception {
        ScriptedServices services = open(new ScriptedServices(600, Duration.ofMinutes(20)));
        // one non-Latin character makes every other one take two bytes
        String large = "a".repeat(3_900_000) + "\u20ac";
        services.tap()
                .next(call -> call.send(Answer.of(
                        200,
                        "application/json",
                        "{\"clicksBlocked\":[{\"id\":\"1\",\"subject\":\"" + large + "\"}]}")));
        PackagedProgram.Launch launch = services.launch(folder);
        launch.java("-Xmx44m");
        try (PackagedProgram program = launch.start()) {
            assertThat(program.awaitExit()).isEqualTo(FatalErrors.EXIT_CODE);
            assertThat(program.output())
                    .contains("java.lang.OutOfMemoryError")
                    .contains("exiting with code 3")
                    .doesNotContain("\tat ");
        }

        launch.java("-Xmx256m");
        try (PackagedProgram program = launch.start()) {
            program.awaitCommitted();
            services.live().assertThatAllCommittedLandedOnce(program);
        }
    }
}
