package io.tapsentinel.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** End-to-end: TAP's events compared with the rows in the tables, with real routes, HTTP and store. */
class WholeProgramIT {

    private static final SandboxSettings TWO_HOURS = SandboxSettings.defaults()
            .seed(20_261_120)
            .eventsPerHour(1_200)
            .shareMultiRecipient(0.10)
            .shareLate(0.20)
            .lateLag(Duration.ofMinutes(2), Duration.ofMinutes(30))
            .shareWithoutId(0.05)
            .shareDocumented(0.05);

    @Test
    void everyEventIsDeliveredOnce() throws Exception {
        try (SimulatedServices services = new SimulatedServices(TWO_HOURS)
                .with("tap.poll.cron", "0/1 * * * * ?")
                .with("tap.budget.requests-per-day", "1000000")) {
            RunningProgram program = services.start((settings, properties, clock, committed) -> {
                Program ofSmallBatches = new Program(settings, properties, clock, committed);
                ofSmallBatches.sentinel().getConfiguration().setBatchBytes(100_000);
                return ofSmallBatches;
            });
            Instant end = SimulatedServices.START.plus(Duration.ofMinutes(60));
            while (services.clock().now().isBefore(end)) {
                int before = services.reads().size();
                await("a window was committed")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> services.reads().size() > before);
                // a poll planned before a step may end after it; two steps are still no backlog
                services.clock().advance(Duration.ofMinutes(10));
            }
            int before = services.reads().size();
            await("windows after the last step")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> services.reads().size() > before + 1);
            program.stop();

            LedgerEntry first = services.reads().get(0);
            LedgerEntry last = services.reads().get(services.reads().size() - 1);
            List<String> rows = services.rows();
            List<String> certain =
                    services.truth(first.window().from(), last.window().to(), last.readAt());
            List<String> possible = services.truth(
                    first.window().from(), last.window().to(), services.clock().now());
            long late = sum(services.reads(), "late");
            System.out.printf(
                    "whole program: %d events, %d rows, %d batches, %d reads, %d late, %d duplicates%n",
                    certain.size(),
                    rows.size(),
                    program.program().sentinel().deliveryStatus().batches(),
                    services.reads().size(),
                    late,
                    sum(services.reads(), "duplicate"));
            assertThat(certain).hasSizeGreaterThan(2_000);
            services.delivered().assertNoneLost(certain);
            services.delivered().assertNoneTwice(possible);
            assertThat(program.program().sentinel().deliveryStatus().batches())
                    .as("batches")
                    .isGreaterThanOrEqualTo(30);
            // depends on when polls run between the steps
            assertThat(late).isGreaterThan(certain.size() / 50);
            assertThat(List.of(EventType.values()))
                    .allMatch(type -> services.ingestion().landed(type) > 0);
            assertThat(services.ingestion().refused()).isZero();
        }
    }

    @Test
    void restartCausesNoDuplicates() throws Exception {
        try (SimulatedServices services = new SimulatedServices(
                SandboxSettings.defaults().eventsPerHour(300).shareWithoutId(0.05))) {
            services.start().poll().stop();
            List<String> rows = services.rows();
            assertThat(rows).isEqualTo(services.firstHour());

            services.start().poll().stop();

            assertThat(services.rows()).isEqualTo(rows);
            assertThat(sum(services.reads().subList(1, 2), "duplicate")).isEqualTo(rows.size());
        }
    }

    @Test
    void backlogIsReadOldestFirstAfterTheFreshWindow() throws Exception {
        try (SimulatedServices services =
                new SimulatedServices(SandboxSettings.defaults().eventsPerHour(60))) {
            RunningProgram program = services.start().poll();
            services.clock().advance(Duration.ofHours(5));
            for (int i = 0; i < 6; i++) {
                program.poll();
            }
            program.stop();

            LedgerEntry last = services.reads().get(services.reads().size() - 1);
            assertThat(services.reads().get(1).purpose()).isEqualTo(LedgerEntry.Purpose.POLL);
            assertThat(services.reads().stream()
                            .filter(read -> read.purpose() == LedgerEntry.Purpose.BACKLOG)
                            .map(read -> read.window().from()))
                    .hasSize(5)
                    .isSorted();
            services.delivered()
                    .assertNoneLost(services.truth(
                            SimulatedServices.START.minus(Duration.ofMinutes(61)),
                            last.window().to(),
                            last.readAt()));
        }
    }

    private static long sum(List<LedgerEntry> reads, String what) {
        return reads.stream()
                .flatMap(read -> read.counts().values().stream())
                .mapToLong(counts -> counts.getOrDefault(what, 0L))
                .sum();
    }
}
