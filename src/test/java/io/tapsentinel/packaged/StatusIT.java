package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.TmpfsMount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands as separate processes without credentials, beside a running program and on a stopped one's store. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class StatusIT extends PackagedFixture {

    private PackagedProgram.Launch launch;
    private PackagedProgram.Launch command;

    @BeforeEach
    void prepare() throws Exception {
        launch = PackagedProgram.in(folder.resolve("program"))
                .tableOptions("batchRecords: 50", "lingerMs: 100", "retryBackoffMs: 100", "retryBackoffMaxMs: 500");
        command = PackagedProgram.in(folder.resolve("command"))
                .with("state.url", "jdbc:sqlite:" + state().resolve("tap-sentinel.db"))
                .with("tap.rejected.uri", "file:" + state().resolve("rejected"));
    }

    @Test
    void aReadOnlyStoreIsReadableAfterAStopAndAfterAKill() throws Exception {
        ScriptedServices services = open(
                new ScriptedServices(SandboxSettings.defaults().seed(8).eventsPerHour(120), Duration.ofMinutes(50)));
        TmpfsMount mount = open(TmpfsMount.at(state(), "64m"));
        launch.with(services.properties());
        try (PackagedProgram program = launch.start()) {
            program.awaitCommitted();
            assertThat(run("status")).as("beside the program").contains("backlog               none");
            program.stop();
        }
        mount.change("ro");
        assertThat(state().resolve("tap-sentinel.db-wal"))
                .as("the log after a stop")
                .doesNotExist();
        assertThat(run("status")).contains("backlog               none");

        mount.change("rw");
        try (PackagedProgram program = launch.start()) {
            program.awaitCommitted();
            program.kill();
        }
        mount.change("ro");
        assertThat(Files.size(state().resolve("tap-sentinel.db-wal")))
                .as("bytes of the log after a kill")
                .isPositive();
        assertThat(run("status")).contains("backlog               none");
    }

    private String run(String word) throws Exception {
        return command.run(0, word).output();
    }

    private Path state() {
        return launch.work().resolve("state");
    }
}
