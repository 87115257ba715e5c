package io.tapsentinel.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.testing.StoreFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuspensionTableTest extends StoreFixture {

    private static final Suspended FIRST = new Suspended(NOON, NOON.plusSeconds(60), 0, "Sentinel answers 404");

    @Test
    void suspensionSurvivesARestart() {
        new SuspensionTable(store).suspended(EventType.CLICKS_BLOCKED, FIRST);
        restart();

        assertThat(new SuspensionTable(store).all()).isEqualTo(Map.of(EventType.CLICKS_BLOCKED, FIRST));
    }

    @Test
    void eachTableHasItsOwnSuspension() {
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
