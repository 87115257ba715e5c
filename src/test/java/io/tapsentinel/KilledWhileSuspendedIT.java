package io.tapsentinel;

import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static io.tapsentinel.read.WatchedReads.beforeCommit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.FaultProxy.Fault;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.SuspendedTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A process killed while a table is suspended: the next one continues, and nothing is lost or duplicated. */
class KilledWhileSuspendedIT {

    private static final String KILLED = "killed";

    @AutoClose
    private final SimulatedServices services = new SimulatedServices();

    private final SuspendedTables tables = new SuspendedTables(services);
    private boolean killed;

    @Test
    void killedBetweenTheSuspensionAndTheCommitOfItsWindow() throws Exception {
        tables.start(beforeCommit(Purpose.POLL, this::kill), MESSAGES_DELIVERED).stop();
        assertThat(killedStore("SELECT count(*) FROM suspended")).isOne();
        assertThat(killedStore(
                        "SELECT count(*) FROM progress WHERE read_to > " + SimulatedServices.ORIGIN.toEpochMilli()))
                .as("windows that committed")
                .isZero();
        assertThat(killedStore("SELECT count(*) FROM deferred")).isZero();

        assertTheNextOneDeliversTheRestOnce();
    }

    @Test
    void killedAfterTheWindowCommitted() throws Exception {
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        kill();
        program.stop();
        assertThat(killedStore("SELECT count(*) FROM deferred")).isPositive();

        assertTheNextOneDeliversTheRestOnce();
    }

    @Test
    void killedDuringAnAcceptedProbeOneRowMayBeTwiceAndIsListed() throws Exception {
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        // the requests that suspended the table
        services.store().change("DELETE FROM possible_duplicate");
        services.sinkProxy().forget();
        services.sinkProxy().hold(MESSAGES_DELIVERED.table());
        services.clock().advance(Duration.ofMinutes(1));
        CompletableFuture<Void> poll = program.pollInBackground();
        await("a probe is open").until(() -> services.sinkProxy().held() > 0);
        kill();
        services.sinkProxy().release();
        poll.join();
        program.stop();
        List<String> accepted = tables.rowsOf(MESSAGES_DELIVERED);
        assertThat(accepted).as("the first request of a probe").hasSize(1);

        services.sinkProxy().forget();
        services.clock().advance(Duration.ofMinutes(1));
        services.stateIn(KILLED).start().pollWithTimeLeft();

        LedgerEntry last =
                services.reads(Purpose.POLL).get(services.reads(Purpose.POLL).size() - 1);
        List<String> truth =
                services.truth(SimulatedServices.ORIGIN, last.window().to(), last.readAt());
        services.delivered().assertNoneLost(truth);
        List<String> twice = new ArrayList<>(services.rows());
        truth.forEach(twice::remove);
        assertThat(twice).containsExactlyInAnyOrderElementsOf(accepted);
        assertThat(possibleDuplicates())
                .containsExactlyInAnyOrderElementsOf(
                        twice.stream().map(row -> row.split("\\|")[1]).toList());
        assertNothingWaits();
    }

    @Test
    void killedDuringAProbeThatNeverArrives() throws Exception {
        RunningProgram program = tables.start(MESSAGES_DELIVERED);
        services.sinkProxy().hold(MESSAGES_DELIVERED.table());
        services.clock().advance(Duration.ofMinutes(1));
        CompletableFuture<Void> poll = program.pollInBackground();
        await("a probe is open").until(() -> services.sinkProxy().held() > 0);
        kill();
        services.sinkProxy().release();
        poll.join();
        program.stop();

        assertTheNextOneDeliversTheRestOnce();
    }

    @Test
    void killedBetweenAcknowledgementAndCommitOfACatchUp() throws Exception {
        RunningProgram program = tables.start(beforeCommit(Purpose.CATCH_UP, this::kill), MESSAGES_DELIVERED);
        services.clock().advance(Duration.ofHours(2));
        program.poll();
        tables.accept(program);
        program.stop();
        assertThat(killed).isTrue();
        assertThat(tables.rowsOf(MESSAGES_DELIVERED)).isNotEmpty();
        assertThat(killedStore("SELECT count(*) FROM table_backlog")).isPositive();

        assertTheNextOneDeliversTheRestOnce();
    }

    /** Copies the state as it is now; later work of the process does not count. */
    private void kill() {
        if (killed) {
            return;
        }
        killed = true;
        try {
            services.copyState("state", KILLED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        services.sinkProxy().always("/streams/", Fault.DROP);
    }

    private void assertTheNextOneDeliversTheRestOnce() throws Exception {
        services.sinkProxy().forget();
        tables.refuse(MESSAGES_DELIVERED);
        RunningProgram next = services.stateIn(KILLED).start();
        services.clock().advance(Duration.ofSeconds(20));
        next.poll();
        tables.assertAllArrivedBut(MESSAGES_DELIVERED);

        tables.accept(next);

        services.assertEverythingLandedOnce();
        assertNothingWaits();
    }

    private void assertNothingWaits() throws SQLException {
        for (String table : List.of("suspended", "table_backlog", "deferred")) {
            assertThat(killedStore("SELECT count(*) FROM " + table)).as(table).isZero();
        }
    }

    private List<String> possibleDuplicates() throws SQLException {
        return services.store(KILLED).all("SELECT id FROM possible_duplicate", row -> row.getString(1));
    }

    private long killedStore(String sql) throws SQLException {
        return services.store(KILLED).number(sql);
    }
}
