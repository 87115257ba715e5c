package io.tapsentinel;

import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.LedgerCount;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.OnPostgres;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.SuspendedTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Replicas on one database share suspensions; an older version among them, which knows none, does no harm. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class SharedSuspensionIT {

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    private final SuspendedTables tables = new SuspendedTables(services);

    @Test
    void aReplicaContinuesAnothersSuspensionAndBothSeeItEnd() throws Exception {
        RunningProgram first = tables.start(MESSAGES_DELIVERED);
        RunningProgram second = services.start();
        long refused = services.sinkProxy().requests(MESSAGES_DELIVERED.table());
        services.clock().advance(Duration.ofSeconds(50));
        second.poll();
        tables.assertAllArrivedBut(MESSAGES_DELIVERED);
        assertThat(services.sinkProxy().requests(MESSAGES_DELIVERED.table())).isEqualTo(refused);

        // the second replica's probe fails, so the first must not probe at the time it remembers
        services.clock().advance(Duration.ofSeconds(20));
        second.poll();
        refused = services.sinkProxy().requests(MESSAGES_DELIVERED.table());
        services.clock().advance(Duration.ofSeconds(30));
        first.poll();
        assertThat(services.sinkProxy().requests(MESSAGES_DELIVERED.table())).isEqualTo(refused);

        services.sinkProxy().forget();
        services.clock().advance(Duration.ofMinutes(2));
        second.pollWithTimeLeft();
        tables.assertNothingWaits();
        assertThat(first.program().sentinel().deliveryStatus().problems()).isNotEmpty();
        // a run without events for the table
        first.pollWithTimeLeft();
        assertThat(first.program().sentinel().deliveryStatus().problems()).isEmpty();
        assertThat(first.program()
                        .sentinel()
                        .suspensions()
                        .of(MESSAGES_DELIVERED)
                        .isFailing())
                .isFalse();
        services.clock().advance(Duration.ofMinutes(20));
        first.poll();
        assertThat(first.program().sentinel().suspensions().suspended()).isEmpty();
        LedgerEntry last =
                services.reads(Purpose.POLL).get(services.reads(Purpose.POLL).size() - 1);
        assertThat(last.counts().get(MESSAGES_DELIVERED.arrayName()).get(LedgerCount.NEW.word()))
                .isPositive();
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    @Test
    void commitsOfAnOlderReplicaDoNotTouchASuspension() throws Exception {
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        List<String> before = suspension();
        assertThat(before).hasSizeGreaterThan(2);

        long now = services.clock().now().toEpochMilli();
        try (Connection older = services.store().connect();
                Statement statement = older.createStatement()) {
            for (String sql : List.of(
                    "INSERT INTO seen (source, stream, key, first_seen, last_seen, verdict, added, rejected)"
                            + " VALUES ('tap', 'messagesDelivered', '\\x000102030405060708090a0b0c0d0e0f', " + now
                            + ", "
                            + now + ", 7, " + now + ", 0)",
                    "DELETE FROM progress WHERE source = 'tap'",
                    "INSERT INTO progress VALUES ('tap', " + SimulatedServices.ORIGIN.toEpochMilli() + ", "
                            + (now - 60_000) + ")",
                    "DELETE FROM backlog WHERE source = 'tap'",
                    "INSERT INTO ledger VALUES ('tap', " + now + ", " + (now - 3_660_000) + ", " + (now - 60_000)
                            + ", 'poll')",
                    "INSERT INTO ledger_count VALUES ('tap', " + now + ", " + (now - 3_660_000)
                            + ", 'messagesDelivered', 'new', 1)")) {
                statement.execute(sql);
            }
        }

        assertThat(suspension()).isEqualTo(before);
        tables.accept(program);
        services.assertEverythingLandedOnce();
        tables.assertNothingWaits();
    }

    private List<String> suspension() throws SQLException {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("suspended", "table_backlog", "deferred")) {
            rows.addAll(services.store()
                    .all("SELECT " + table + "::text FROM " + table + " ORDER BY 1", row -> table + row.getString(1)));
        }
        return rows;
    }
}
