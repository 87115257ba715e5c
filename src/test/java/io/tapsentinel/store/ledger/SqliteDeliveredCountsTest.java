package io.tapsentinel.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.testing.Claim;
import io.tapsentinel.testing.OlderStores;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hourly counts in SQLite: an upgrade from an older version, and a write that a SQLite trigger makes fail. */
class SqliteDeliveredCountsTest extends DeliveredCountsFixture {

    @Test
    void batchWithoutDurableKeysIsNotCounted() {
        execute("CREATE TRIGGER no BEFORE INSERT ON seen BEGIN SELECT RAISE(ABORT, 'no'); END");
        assertThatThrownBy(() -> seen.delivered(0, List.of(event(TYPE, NINE)))).isInstanceOf(StoreException.class);
        assertThat(counts()).isEmpty();
    }

    @Test
    void upgradedStoreReportsOnlyLaterHours() {
        clock.advance(Duration.ofMinutes(-90));
        seen.delivered(0, List.of(event(TYPE, NINE), event(TYPE, TEN)));
        olderVersion();
        new ReadState(store, clock).begin(new Progress(NINE, NOON.plus(Duration.ofHours(1))));
        seen.delivered(0, List.of(event(TYPE, TEN), event(TYPE, TEN.plus(Duration.ofHours(1)))));

        assertThat(hours()).containsExactly("11", "11", "11", "11", "12", "12", "12", "12");
        assertThat(counts()).isEqualTo(Map.of("11 clicksBlocked", 1L));
    }

    @Test
    void upgradedStoreCountsAfterChangesAndReads() {
        TapEvent first = event(TYPE, NINE);
        clock.advance(Duration.ofHours(-3));
        seen.delivered(0, List.of(first));
        clock.advance(Duration.ofHours(2));
        TapEvent changed = new TapEvent(TYPE, first.getKey(), 7, TEN, first.getFields());
        assertThat(Claim.of(seen, changed)).isEqualTo(Claim.CHANGED);
        seen.delivered(0, List.of(changed));
        olderVersion();
        assertThat(hours())
                .as("a changed event was one more row at 11:00, its key is of 9:00")
                .isEmpty();
        execute("DELETE FROM version");
        execute("DELETE FROM seen");
        execute("INSERT INTO ledger VALUES ('tap', " + TEN.minusSeconds(1).toEpochMilli() + ", 0, 0, 'replay')");
        olderVersion();
        assertThat(hours())
                .as("records rejected and replayed before 10:00 are no longer in seen")
                .containsExactly("10", "10", "10", "10");
    }

    private void olderVersion() {
        OlderStores.downgrade(store, 3);
        restart();
    }
}
