package io.tapsentinel.read;

import static io.tapsentinel.event.EventType.MESSAGES_DELIVERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.SimulatedRun;
import io.tapsentinel.testing.StateFolder;
import io.tapsentinel.testing.SuspendedTables;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A document with events of a suspended table: the others land, and it is replayed until all have. */
class ReplayedWhileSuspendedIT extends SimulatedRun {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String ANSWER = "{\"queryEndTime\":\"2026-11-20T11:59:00Z\","
            + "\"messagesDelivered\":[{\"id\":\"d1\",\"GUID\":\"g1\"},{\"id\":\"d2\",\"GUID\":\"g2\"}],"
            + "\"clicksBlocked\":[{\"id\":\"c1\",\"GUID\":\"g3\"}]}";

    private final SuspendedTables tables = new SuspendedTables(services);
    private final StateFolder state = services.state();

    @Test
    void fileStaysInPlaceUntilTheTableAcceptsItsEvents() throws Exception {
        services.with("tap.replay.uri", "file:" + state.resolve("replay") + "?delay=20&initialDelay=0");
        tables.start(MESSAGES_DELIVERED);
        long deferred = tables.deferred();
        state.drop("answer.json", ANSWER);
        await("the rest of it").atMost(SOON).until(() -> has("replay of answer.json incomplete, retrying in 5 min"));
        assertThat(replayed()).containsExactly("c1");
        assertThat(state.documents("replay")).hasSize(1);
        assertThat(tables.deferred()).as("a document keeps its events itself").isEqualTo(deferred);

        services.sinkProxy().forget();
        services.clock().advance(Duration.ofMinutes(6));

        state.await("replay/done", 1);
        assertThat(replayed()).containsExactlyInAnyOrder("c1", "d1", "d2");
        assertThat(state.documents("replay")).isEmpty();
        assertThat(services.reads(Purpose.REPLAY)).hasSize(1);
        assertThat(tables.suspended()).as("its rows were the probe").isEmpty();
    }

    private boolean has(String words) {
        return log.lines().stream().anyMatch(line -> line.contains(words));
    }

    /** Ids of the document's rows. */
    private List<String> replayed() {
        return services.rows().stream()
                .map(row -> row.split("\\|")[1])
                .filter(id -> id.length() == 2)
                .toList();
    }
}
