package io.tapsentinel.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.store.Store;
import io.tapsentinel.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuspensionTableTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Suspended FIRST = new Suspended(NOON, NOON.plusSeconds(60), 0, "Sentinel answers 404");

    @TempDir
    Path folder;

    @AutoClose
    private Store store;

    @BeforeEach
    void open() {
        store = TestDatabase.open(folder.resolve("state/tap.db"));
    }

    @Test
    void aSuspensionOutlivesTheProgram() {
        new SuspensionTable(store).suspended(EventType.CLICKS_BLOCKED, FIRST);
        store.close();
        open();

        assertThat(new SuspensionTable(store).all()).isEqualTo(Map.of(EventType.CLICKS_BLOCKED, FIRST));
    }

    @Test
    void eachTableHasOneSuspensionOfItsOwn() {
        SuspensionTable table = new SuspensionTable(store);
        Suspended later = new Suspended(NOON, NOON.plusSeconds(180), 1, "no answer within 20 s");
        table.suspended(EventType.CLICKS_BLOCKED, FIRST);
        table.suspended(EventType.MESSAGES_BLOCKED, FIRST);
        table.suspended(EventType.CLICKS_BLOCKED, later);
        assertThat(table.all()).isEqualTo(Map.of(EventType.CLICKS_BLOCKED, later, EventType.MESSAGES_BLOCKED, FIRST));

        table.ended(EventType.CLICKS_BLOCKED);
        table.ended(EventType.CLICKS_PERMITTED);

        assertThat(table.all()).isEqualTo(Map.of(EventType.MESSAGES_BLOCKED, FIRST));
        assertThat(store.<Map<EventType, Suspended>>transaction(c -> SuspensionTable.of(c, "another")))
                .isEmpty();
    }
}
