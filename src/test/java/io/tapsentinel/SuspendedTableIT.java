package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.Scrape;
import io.tapsentinel.testing.SimulatedServices;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One table refuses or does not answer, in a running program: the others stay fresh, and its rows land later, each once. */
class SuspendedTableIT {

    private static final EventType REFUSED = EventType.MESSAGES_DELIVERED;
    private static final EventType OTHER = EventType.CLICKS_BLOCKED;
    private static final Duration POLL = Duration.ofMinutes(5);

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    @ParameterizedTest
    @EnumSource(names = {"FORBIDDEN", "SILENT_400", "TOO_LARGE", "REFUSE", "DROP"})
    void otherTablesLandAtEachPollAndItsOwnRowsAfterItRecovers(Fault fault) throws Exception {
        RunningProgram program = suspended(fault);
        for (int i = 0; i < 20; i++) {
            services.clock().advance(POLL);
            int sent = services.sinkProxy().requests();
            program.poll();
            assertOthersAreThere();
            assertThat(services.sinkProxy().requests() - sent)
                    .as("requests, with at most one probe and its halves")
                    .isLessThan(12);
        }
        assertThat(rowsOf(REFUSED)).isEmpty();
        assertThat(deferred()).isPositive();

        services.sinkProxy().forget();
        services.clock().advance(Duration.ofMinutes(30));
        program.pollWithTimeLeft();

        services.assertEverythingLandedOnce();
        assertNothingWaits();
        assertThat(services.reads(Purpose.CATCH_UP)).isNotEmpty();
        assertThat(services.reads().stream()
                        .mapToLong(read -> read.counts()
                                .getOrDefault(REFUSED.arrayName(), Map.of())
                                .getOrDefault(LedgerCount.LATE.word(), 0L))
                        .sum())
                .as("late, though each was seen in its first hour")
                .isZero();
    }

    @Test
    void aRestartKeepsTheSuspensionAndSendsNothingBeforeTheProbe() throws Exception {
        suspended(Fault.FORBIDDEN).stop();
        long refused = services.sinkProxy().requests(REFUSED.table());
        services.clock().advance(Duration.ofSeconds(50));

        RunningProgram program = services.start().poll();

        assertThat(services.sinkProxy().requests(REFUSED.table())).isEqualTo(refused);
        assertOthersAreThere();
        services.sinkProxy().forget();
        services.clock().advance(Duration.ofSeconds(10));
        program.pollWithTimeLeft();
        services.assertEverythingLandedOnce();
        assertNothingWaits();
    }

    @Test
    void healthIsDegradedAtOnceAndDownAfterHalfAnHour() throws Exception {
        RunningProgram program = suspended(Fault.FORBIDDEN);
        assertThat(program.health("sentinel-health").getMessage())
                .get()
                .asString()
                .matches("a table is suspended \\(" + REFUSED.table()
                        + " has been suspended for 0(\\.\\d)? s \\(since 12:02 UTC\\): Sentinel answered 403\\. .*");
        services.clock().advance(Duration.ofSeconds(31));

        HealthCheck.Result now = program.health("sentinel-health");
        assertThat(now.getState()).isEqualTo(HealthCheck.State.UP);
        assertThat(now.getDetails())
                .containsEntry("status", "DEGRADED")
                .containsEntry("sentinel.deferred." + REFUSED.table(), deferred())
                .containsKeys("sentinel.suspended-since." + REFUSED.table(), "sentinel.next-probe." + REFUSED.table());
        assertThat(now.getMessage())
                .get()
                .asString()
                .startsWith("a table is suspended (" + REFUSED.table()
                        + " has been suspended for 31 s (since 12:02 UTC): Sentinel answered 403. " + deferred()
                        + " events are deferred; next probe at the first poll after ")
                .contains("assign the identity the role")
                .doesNotContain("failed requests in a row");
        Scrape scrape = Scrape.of(program);
        String table = "{table=\"" + REFUSED.table() + "\"}";
        assertThat(scrape.value("sentinel_suspended_seconds" + table)).isEqualTo(31);
        assertThat(scrape.value("tap_deferred_events" + table)).isEqualTo(deferred());
        assertThat(scrape.value("tap_withdrawn_events" + table)).isZero();
        assertThat(scrape.value("sentinel_suspended_seconds{table=\"" + OTHER.table() + "\"}"))
                .isZero();

        services.clock().advance(Duration.ofMinutes(30));
        HealthCheck.Result later = program.health("sentinel-health");
        assertThat(later.getState()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(later.getMessage()).get().asString().startsWith("a table has been suspended for 30 minutes (");
        services.sinkProxy().forget();
        program.pollWithTimeLeft();
        services.clock().advance(Duration.ofSeconds(31));
        assertThat(program.health("sentinel-health").getDetails()).doesNotContainKey("status");
        assertThat(Scrape.of(program).samples().entrySet())
                .filteredOn(sample -> sample.getKey().startsWith("tap_deferred_events")
                        || sample.getKey().startsWith("sentinel_suspended_seconds"))
                .hasSize(8)
                .allMatch(sample -> sample.getValue() == 0);
    }

    @Test
    void whileAllTablesRefuseNoneIsSuspendedAndTheWindowIsRetried() throws Exception {
        services.sinkProxy().always("/streams/", Fault.FORBIDDEN);
        RunningProgram program = services.start();

        for (int i = 0; i < 6; i++) {
            program.poll();
            services.clock().advance(POLL);
        }

        assertThat(services.reads()).isEmpty();
        assertThat(services.store().number("SELECT count(*) FROM suspended")).isZero();
        assertThat(services.tapProxy().requests()).as("one request a poll").isEqualTo(6);
        services.sinkProxy().forget();
        program.pollWithTimeLeft();
        services.assertEverythingLandedOnce();
    }

    @Test
    void aSweepOfAnHourWithDeferredEventsReportsNothingMissing() throws Exception {
        RunningProgram program = suspended(Fault.FORBIDDEN);
        for (int i = 0; i < 15; i++) {
            services.clock().advance(Duration.ofMinutes(25));
            program.poll();
        }

        program.sweep();

        assertThat(services.reads(Purpose.SWEEP)).anyMatch(read -> read.total(LedgerCount.DEFERRED) > 0);
        assertThat(services.store().number("SELECT sum(theirs - ours - deferred - withdrawn) FROM sweep"))
                .as("missing")
                .isZero();
        assertThat(services.store().number("SELECT sum(deferred) FROM sweep")).isPositive();
        assertThat(program.health("tap-completeness").getState()).isEqualTo(HealthCheck.State.UP);
        Map<String, Object> told = program.health("tap-completeness").getDetails();
        assertThat(told)
                .containsEntry("tap.sweep.missing", 0L)
                .containsEntry("tap.deferred", deferred())
                .containsEntry("tap.withdrawn", 0L)
                .doesNotContainKey("status");
        assertThat((Long) told.get("tap.sweep.theirs"))
                .as("the figures add up")
                .isEqualTo((Long) told.get("tap.sweep.ours") + (Long) told.get("tap.sweep.deferred"))
                .isGreaterThan((Long) told.get("tap.sweep.ours"));
        services.sinkProxy().forget();
        services.clock().advance(Duration.ofMinutes(30));
        program.pollWithTimeLeft();
        services.assertEverythingLandedOnce();
        assertNothingWaits();
    }

    /** A program whose table was just suspended, after one window that waited for the suspension. */
    private RunningProgram suspended(Fault fault) throws SQLException {
        services.sinkProxy().always(REFUSED.table(), fault);
        RunningProgram program = services.start().poll();
        assertThat(services.reads()).isEmpty();
        services.clock().advance(Duration.ofMinutes(2));
        program.poll();
        assertThat(services.reads()).extracting(LedgerEntry::purpose).contains(Purpose.POLL);
        assertThat(services.store()
                        .number("SELECT count(*) FROM suspended WHERE stream = '" + REFUSED.arrayName() + "'"))
                .isOne();
        return program;
    }

    private void assertOthersAreThere() {
        LedgerEntry last =
                services.reads(Purpose.POLL).get(services.reads(Purpose.POLL).size() - 1);
        assertThat(Duration.between(last.readAt(), services.clock().now())).isLessThan(Duration.ofMinutes(1));
        List<String> truth = services
                .truth(SimulatedServices.ORIGIN, last.window().to(), last.readAt())
                .stream()
                .filter(row -> !row.startsWith(REFUSED.arrayName()))
                .toList();
        services.delivered().assertNoneLost(truth);
    }

    private List<String> rowsOf(EventType type) {
        return services.rows().stream()
                .filter(row -> row.startsWith(type.arrayName()))
                .toList();
    }

    private long deferred() throws SQLException {
        return services.store().number("SELECT count(*) FROM deferred");
    }

    private void assertNothingWaits() throws SQLException {
        assertThat(services.store().number("SELECT count(*) FROM suspended")).isZero();
        assertThat(services.store().number("SELECT count(*) FROM table_backlog"))
                .isZero();
        assertThat(deferred()).isZero();
    }
}
