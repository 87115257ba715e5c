package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.app.Parts;
import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.FailureWatch;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Programs with suspended tables, and assertions about them. */
public final class SuspendedTables {

    /** Maximum pause between probes. */
    public static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    private final SimulatedServices services;

    public SuspendedTables(SimulatedServices services) {
        this.services = services;
    }

    /** Makes these tables refuse records but accept empty arrays. */
    public void refuse(EventType... types) {
        for (EventType type : types) {
            services.sinkProxy().alwaysRecords(type.table(), Fault.REFUSE);
        }
    }

    /** Starts a program and suspends these tables. */
    public RunningProgram start(EventType... types) throws SQLException {
        return start(new Parts(), types);
    }

    /** The same: one window fails, the next one commits. */
    public RunningProgram start(Parts parts, EventType... types) throws SQLException {
        refuse(types);
        RunningProgram program = services.start(parts).poll();
        assertThat(services.reads()).isEmpty();
        services.clock().advance(FailureWatch.PATIENCE);
        program.poll();
        assertThat(suspended())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(types).map(EventType::arrayName).toList());
        assertThat(services.reads(Purpose.POLL)).hasSize(1);
        return program;
    }

    /** Makes all tables accept rows again and lets the program catch up. */
    public void accept(RunningProgram program) {
        services.sinkProxy().forget();
        services.clock().advance(LONGEST_PAUSE);
        program.pollWithTimeLeft();
    }

    /** Streams of suspended tables. */
    public List<String> suspended() throws SQLException {
        return services.store().all("SELECT stream FROM suspended", row -> row.getString(1));
    }

    /** Number of deferred events of all tables. */
    public long deferred() throws SQLException {
        return services.store().number("SELECT count(*) FROM deferred WHERE withdrawn_at = 0");
    }

    /** Rows of this type's table. */
    public List<String> rowsOf(EventType type) {
        return services.rows().stream()
                .filter(row -> row.startsWith(type.arrayName()))
                .toList();
    }

    /** Asserts that all events visible to the last poll, a moment ago, were delivered except of these types. */
    public void assertAllArrivedBut(EventType... types) {
        List<LedgerEntry> polls = services.reads(Purpose.POLL);
        LedgerEntry last = polls.get(polls.size() - 1);
        assertThat(Duration.between(last.readAt(), services.clock().now())).isLessThan(Duration.ofMinutes(3));
        List<String> truth = services
                .truth(SimulatedServices.ORIGIN, last.window().to(), last.readAt())
                .stream()
                .filter(row -> Stream.of(types).noneMatch(type -> row.startsWith(type.arrayName())))
                .toList();
        services.delivered().assertNoneLost(truth);
        services.assertNothingTwice();
    }

    /** Asserts that no table is suspended or has a backlog. */
    public void assertNothingWaits() throws SQLException {
        assertThat(suspended()).isEmpty();
        assertThat(services.store().number("SELECT count(*) FROM table_backlog"))
                .isZero();
        assertThat(deferred()).isZero();
    }
}
