package io.tapsentinel.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.event.EventLife;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.testing.Claim;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeliveredCountsTest extends DeliveredCountsFixture {

    @Test
    void rowsCountInTheHourOfTheirEventAcrossBatchesAndRestarts() {
        seen.delivered(
                0,
                List.of(
                        event(TYPE, NINE),
                        event(TYPE, TEN.minusMillis(1)),
                        event(TYPE, TEN),
                        event(EventType.MESSAGES_BLOCKED, TEN)));
        restart();
        seen.delivered(0, List.of(event(TYPE, NINE.plusSeconds(5)), event(TYPE, NINE.plusSeconds(6))));

        assertThat(counts())
                .isEqualTo(Map.of("09 clicksBlocked", 4L, "10 clicksBlocked", 1L, "10 messagesBlocked", 1L));
    }

    @Test
    void anotherSourceOfTheSameStoreHasItsOwnHours() {
        seen.delivered(0, List.of(event(TYPE, NINE), event(TYPE, TEN)));
        store.close();
        open("other");
        assertThat(counts()).isEmpty();
        seen.delivered(0, List.of(event(TYPE, NINE)));
        clock.advance(Ledger.KEPT.plusDays(1));
        new ReadState(store, clock).prune();
        assertThat(counts()).isEmpty();
        restart();

        assertThat(counts()).isEqualTo(Map.of("09 clicksBlocked", 1L, "10 clicksBlocked", 1L));
    }

    @Test
    void rowCountsInTheHourOfItsColumns() {
        TapEvent moved = event(TYPE, NINE);
        EventLife.mapped(moved, TEN);
        seen.delivered(0, List.of(moved));

        assertThat(counts()).isEqualTo(Map.of("10 clicksBlocked", 1L));
    }

    @Test
    void onlyCompletelyReadHoursAreReported() {
        assertThat(hours())
                .as("read from 9:00 to 11:59, of all tables, also when nothing happened")
                .containsExactly("09", "09", "09", "09", "10", "10", "10", "10");
        new ReadState(store, clock).begin(new Progress(NINE.plusMillis(1), NOON));
        assertThat(hours()).containsExactly("10", "10", "10", "10", "11", "11", "11", "11");
        assertThat(new DeliveredCounts(store).closed(TEN.plusMillis(1)))
                .extracting(DeliveredCounts.Hour::hour)
                .containsOnly(NOON.minus(Duration.ofHours(1)));
    }

    @Test
    void changeCountsAsARowAndRejectedRecordDoesNot() {
        TapEvent first = event(TYPE, NINE);
        seen.delivered(0, List.of(first));
        TapEvent changed = new TapEvent(TYPE, first.getKey(), 7, NINE, first.getFields());
        assertThat(Claim.of(seen, changed)).isEqualTo(Claim.CHANGED);
        seen.delivered(0, List.of(changed));
        seen.rejected(event(TYPE, NINE));

        assertThat(counts()).isEqualTo(Map.of("09 clicksBlocked", 2L));
    }

    @Test
    void hoursAreDeletedWithTheLedger() {
        seen.delivered(0, List.of(event(TYPE, NINE), event(TYPE, TEN)));
        clock.advance(Ledger.KEPT.minusHours(2));
        new ReadState(store, clock).prune();

        assertThat(counts()).isEqualTo(Map.of("10 clicksBlocked", 1L));
    }
}
