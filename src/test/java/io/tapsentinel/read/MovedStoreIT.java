package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.junit.jupiter.api.Test;

class MovedStoreIT extends SimulatedRun {

    @Test
    void rowsAcknowledgedWhileTheStoreIsAwayAreListedAsPossibleDuplicates() throws Exception {
        RunningProgram program = services.start();
        Path file = services.state().resolve("tap.db");
        services.delivered().hold();
        CompletableFuture<Void> poll = program.pollInBackground();
        await("rows that are not acknowledged yet")
                .until(() -> services.delivered().waiting() > 0);
        Path away = Files.move(file, file.resolveSibling("away.db"));
        services.delivered().release();
        poll.get(60, TimeUnit.SECONDS);

        List<String> acknowledged = services.rows();
        assertThat(acknowledged).isNotEmpty();
        assertThat(services.reads()).isEmpty();
        Result health = program.health("tap-storage");
        assertThat(health.getState()).isEqualTo(State.DOWN);
        assertThat(health.getMessage())
                .hasValueSatisfying(words -> assertThat(words).contains("moved or deleted", "put the original back"));
        long requests = services.tap().requests();
        program.poll();
        assertThat(services.tap().requests())
                .as("requests, which could not be counted")
                .isEqualTo(requests);
        assertThat(services.rows()).isEqualTo(acknowledged);

        Files.move(away, file);
        program.poll();
        assertThat(services.reads()).hasSize(1);
        assertThat(new HashSet<>(services.rows())).isEqualTo(new HashSet<>(services.firstHour()));
        assertThat(services.rows()).hasSize(services.firstHour().size() + acknowledged.size());
        assertThat(services.store().number("SELECT count(*) FROM possible_duplicate"))
                .isEqualTo(acknowledged.size());
        assertThat(program.health("tap-storage").getState()).isEqualTo(State.UP);
    }
}
