package io.tapsentinel;

import static io.tapsentinel.event.EventType.CLICKS_BLOCKED;
import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.plan.TimeRange;
import io.tapsentinel.testing.ChangingEvents;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.ScriptedTap;
import io.tapsentinel.testing.ScriptedTap.Event;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.SuspendedTables;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deferred events that change, are delivered by another read, are withdrawn by TAP, or expire. */
class DeferredEventsIT {

    private static final Instant CREATED = SimulatedServices.START.minus(Duration.ofMinutes(30));
    private static final Duration NEVER = Duration.ofDays(99);

    private final List<String> rows = new CopyOnWriteArrayList<>();

    @AutoClose
    private final SimulatedServices services =
            new SimulatedServices().eachRow((table, row) -> rows.add(ChangingEvents.label(row)));

    private final SuspendedTables tables = new SuspendedTables(services);

    @AutoClose
    private ScriptedTap tap;

    @BeforeEach
    void open() throws Exception {
        tap = new ScriptedTap(services.clock());
        services.with("tap.url", tap.uri().toString());
    }

    @Test
    void aDeferredChangeIsSentOnceLater() throws Exception {
        services.with("tap.updates", "true");
        tap.add(ChangingEvents.of("old", MESSAGES_DELIVERED, true, CREATED, Duration.ofMinutes(40), "cleared"));
        RunningProgram program = services.start().poll();
        assertThat(rows).containsExactly("old/active+1");
        tables.refuse(MESSAGES_DELIVERED);
        services.clock().advance(Duration.ofMinutes(12));
        program.poll();
        services.clock().advance(Duration.ofMinutes(2));
        program.poll();
        assertThat(tables.suspended()).containsExactly(MESSAGES_DELIVERED.arrayName());
        assertThat(tables.deferred()).isOne();
        services.clock().advance(Duration.ofHours(2));
        program.poll();

        tables.accept(program);
        program.pollWithTimeLeft();

        assertThat(rows).containsExactly("old/active+1", "old/cleared+1");
        tables.assertNothingWaits();
        assertThat(total(LedgerCount.CHANGED)).isOne();
    }

    @Test
    void aDeferredEventThatAPollDeliversIsNotSentAgain() throws Exception {
        tap.add(ChangingEvents.of("one", MESSAGES_DELIVERED, true, CREATED, NEVER, ""));
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        services.sinkProxy().forget();
        services.clock().advance(Duration.ofMinutes(1));

        program.poll();

        assertThat(services.reads()).extracting(read -> read.purpose()).endsWith(Purpose.POLL, Purpose.CATCH_UP);
        assertThat(services.reads(Purpose.CATCH_UP).get(0).total(LedgerCount.FETCHED))
                .as("events that the catch-up passed on")
                .isZero();
        assertThat(rows).containsExactly("one/active+1");
        tables.assertNothingWaits();
    }

    @Test
    void anEventThatTapNoLongerReportsIsWithdrawnWithoutAlarmAndLandsWhenReportedAgain() throws Exception {
        Event event = ChangingEvents.of("one", MESSAGES_DELIVERED, true, CREATED, NEVER, "");
        tap.add(event);
        services.with("tap.sweep.ages", "PT4H,PT8H");
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        services.clock().advance(Duration.ofHours(4));
        program.poll().sweep();
        tap.remove(event);

        tables.accept(program);

        assertThat(rows).isEmpty();
        assertThat(tables.deferred()).isZero();
        assertThat(tables.suspended()).as("with nothing to send").isEmpty();
        assertThat(services.store().number("SELECT count(*) FROM deferred WHERE withdrawn_at > 0"))
                .isOne();
        assertThat(services.store().number("SELECT count(*) FROM table_backlog"))
                .isZero();
        assertNothingIsMissing(program);

        tap.add(event);
        services.clock().advance(Duration.ofHours(4));
        program.poll().sweep();
        assertThat(rows).containsExactly("one/active+1");
        assertThat(services.store().number("SELECT count(*) FROM deferred")).isZero();
        tables.assertNothingWaits();
        assertNothingIsMissing(program);
    }

    @Test
    @Tag("full")
    void eventsDeferredLongerThanTapKeepsThemAreAGapOfThatTableOnly() throws Exception {
        tap.add(ChangingEvents.of("lost", MESSAGES_DELIVERED, true, CREATED, NEVER, ""));
        tap.add(ChangingEvents.of("other", CLICKS_BLOCKED, true, CREATED, NEVER, ""));
        Instant later = CREATED.plus(Duration.ofDays(5));
        tap.add(ChangingEvents.of("later", MESSAGES_DELIVERED, true, later, NEVER, ""));
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        List<TimeRange> owed = List.of();
        while (tableGaps().isEmpty()) {
            assertThat(services.clock().now()).isBefore(CREATED.plus(Duration.ofDays(8)));
            owed = owed();
            services.clock().advance(Duration.ofHours(4));
            program.pollWithTimeLeft();
        }

        assertThat(owed).hasSizeGreaterThan(1);
        assertThat(owed.get(0).from()).isBefore(CREATED);
        assertThat(owed.get(0).to()).isAfter(CREATED);
        assertThat(tableGaps()).containsExactly(owed.get(0));
        assertThat(services.store()
                        .number("SELECT count(*) FROM table_gap WHERE stream <> '" + MESSAGES_DELIVERED.arrayName()
                                + "'"))
                .isZero();
        assertThat(services.store().gaps()).as("gaps of all tables").isEmpty();
        tables.accept(program);
        assertThat(rows).containsExactlyInAnyOrder("other/active+1", "later/active+1");
        assertThat(tableGaps()).containsExactly(owed.get(0));
        tables.assertNothingWaits();
        assertThat(services.store().number("SELECT count(*) FROM deferred"))
                .as("lost events that count as withdrawn, too")
                .isZero();
    }

    private void assertNothingIsMissing(RunningProgram program) {
        HealthCheck.Result completeness = program.health("tap-completeness");
        assertThat(completeness.getDetails()).containsEntry("tap.sweep.missing", 0L);
        assertThat(completeness.getState()).isEqualTo(HealthCheck.State.UP);
    }

    private long total(LedgerCount count) {
        return services.reads().stream().mapToLong(read -> read.total(count)).sum();
    }

    private List<TimeRange> tableGaps() throws SQLException {
        return ranges("table_gap");
    }

    private List<TimeRange> owed() throws SQLException {
        return ranges("table_backlog");
    }

    private List<TimeRange> ranges(String table) throws SQLException {
        return new ArrayList<>(services.store()
                .all(
                        "SELECT from_at, to_at FROM " + table + " ORDER BY from_at",
                        row -> new TimeRange(
                                Instant.ofEpochMilli(row.getLong(1)), Instant.ofEpochMilli(row.getLong(2)))));
    }
}
