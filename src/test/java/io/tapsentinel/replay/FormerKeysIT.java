package io.tapsentinel.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.testing.OlderStores;
import io.tapsentinel.testing.SimulatedServices;
import io.tapsentinel.testing.StateFolder;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole program with a store of version 7: its documents are replayed through the live routes. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FormerKeysIT {

    private final List<String> rows = new CopyOnWriteArrayList<>();

    @AutoClose
    private final SimulatedServices services = new SimulatedServices()
            .eachRow((table, row) -> rows.add(
                    row.path("GUID").asText() + "/" + row.path("threatID").asText()));

    private final StateFolder state = services.state();

    @BeforeEach
    void makeOldStore() throws Exception {
        Path file = services.folder().resolve("state/tap.db");
        OlderStores.version7(file);
        try (Connection connection = TestDatabase.connect(file)) {
            connection.createStatement().execute("UPDATE source SET url = 'trial'");
        }
        services.clock().advance(Duration.between(SimulatedServices.START, Instant.parse("2026-11-28T20:30:00Z")));
        services.with("tap.replay.uri", "file:" + state.resolve("replay") + "?delay=20&initialDelay=0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void replaySendsNothingTwiceAndConfusedEventsOnce(boolean updates) throws Exception {
        if (updates) {
            services.with("tap.updates", "true").with("tap.source", "updates");
        }
        services.start();
        for (int replayed = 1; replayed <= 2; replayed++) {
            state.drop("answer.json", OlderStores.answer(2));
            state.await("replay/done", replayed);
        }

        // today's routes filter nothing
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(
                        updates
                                ? List.of("dropped/aa11", "dropped/bb22")
                                : List.of("dropped/aa11", "dropped/bb22", "two-threats/bb22", "/", "/"));
        assertThat(services.reads(Purpose.REPLAY))
                .extracting(LedgerEntry::counts)
                .last()
                .satisfies(counts -> assertThat(counts.values())
                        .allSatisfy(count -> assertThat(count.get("duplicate")).isEqualTo(count.get("fetched"))));
    }

    @Test
    void rejectedRecordWithOldKeyIsReplayedOnce() throws Exception {
        services.start();
        TapEvent event = FormerKeysTest.event("refused");
        byte[] document = JsonMapper.builder()
                .build()
                .writeValueAsBytes(Map.of(
                        "reason", "refused",
                        "type", event.getType().arrayName(),
                        "key", event.getFormer().toString(),
                        "record", event.getFields()));
        for (int replayed = 1; replayed <= 2; replayed++) {
            state.drop("record.json", document);
            state.await("replay/done", replayed);
        }

        assertThat(rows).containsExactly("refused/aa11");
        assertThat(services.store().number("SELECT count(*) FROM seen WHERE source = 'tap' AND rejected <> 0"))
                .isZero();
    }
}
