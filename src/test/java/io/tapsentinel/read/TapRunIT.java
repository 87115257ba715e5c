package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.SimulatedServices;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Runs with odd, empty, broken or slow answers. */
class TapRunIT extends SimulatedRun {

    @Test
    void runsNeverOverlap() throws Exception {
        services.tapProxy().hold();
        RunningProgram program = services.start();
        CompletableFuture<Void> first = program.pollInBackground();
        await("TAP has not answered yet").until(() -> services.tapProxy().held() == 1);

        program.poll();

        assertThat(first)
                .as("the second run came back before the first one ended")
                .isNotDone();
        assertThat(services.tapProxy().requests()).isEqualTo(1);
        services.tapProxy().release();
        first.join();
        assertThat(services.reads()).hasSize(1);
        services.assertEverythingLandedOnce();
    }

    @Test
    void brokenAnswerIsNotCommittedAndTheNextPollReadsAllOfIt() throws Exception {
        RunningProgram program = services.start();
        Instant progress = SimulatedServices.ORIGIN;
        int windows = 0;
        for (Fault fault :
                List.of(Fault.HTML, Fault.CUT_BODY, Fault.BROKEN_BODY, Fault.DROP, Fault.REFUSE, Fault.LOSE_ANSWER)) {
            services.tapProxy().next(fault);
            program.poll();
            assertThat(services.reads()).as(fault.name()).hasSize(windows);
            assertThat(services.store().progress()).as(fault.name()).isEqualTo(progress);
            windows++;
            assertThat(log.lines())
                    .noneMatch(line -> line.startsWith("ERROR"))
                    .filteredOn(line -> line.startsWith("WARN") && line.contains("UTC failed, will retry: "))
                    .as(fault.name())
                    .hasSize(windows);
            assertThat(spooled()).as(fault.name()).isEmpty();

            program.poll();

            assertThat(services.reads()).as(fault.name()).hasSize(windows);
            services.assertEverythingLandedOnce();
            assertThat(spooled()).as(fault.name()).isEmpty();
            progress = services.store().progress();
            services.clock().advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void emptyAnswerCommits() throws Exception {
        RunningProgram program = services.start();
        Instant progress = SimulatedServices.ORIGIN;
        int windows = 0;
        for (String body : List.of(
                " {\"queryEndTime\":\"2026-11-20T12:00:00Z\"}\n",
                "[]",
                "{}",
                "{\"messagesBlocked\":[],\"clicksBlocked\":null}",
                "no content")) {
            if (body.equals("no content")) {
                services.tapProxy().next(Fault.NO_CONTENT);
            }
            services.tapProxy().rewrite(answer -> body.getBytes(StandardCharsets.UTF_8));
            program.poll();
            windows++;

            assertThat(services.reads())
                    .as(body)
                    .hasSize(windows)
                    .allMatch(read -> read.counts().isEmpty());
            assertThat(services.store().progress())
                    .as(body)
                    .isAfter(progress)
                    .isEqualTo(services.reads().get(windows - 1).window().to());
            assertThat(services.rows()).as(body).isEmpty();
            progress = services.store().progress();
            services.clock().advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void okWithoutABodyIsNotAnAnswer() throws Exception {
        services.tapProxy().rewrite(answer -> new byte[0]);
        RunningProgram program = services.start().poll();
        assertThat(services.reads()).isEmpty();

        services.tapProxy().rewrite(answer -> answer);
        program.poll();
        services.assertEverythingLandedOnce();
    }

    @Test
    void progressMovesWithEachPollAndLateRowsLand() throws Exception {
        RunningProgram program = services.start().poll();
        for (int i = 0; i < 6; i++) {
            services.clock().advance(Duration.ofMinutes(5));
            program.poll();
        }

        assertThat(services.reads()).hasSize(7).allMatch(read -> read.purpose() == LedgerEntry.Purpose.POLL);
        assertThat(services.store().progress())
                .isEqualTo(services.reads().get(6).window().to());
        services.assertEverythingLandedOnce();
    }

    private List<Path> spooled() throws Exception {
        try (var files = Files.list(services.folder().resolve("state/spool"))) {
            return files.toList();
        }
    }
}
