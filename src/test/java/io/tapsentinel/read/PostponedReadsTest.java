package io.tapsentinel.read;

import static io.tapsentinel.tap.plan.Pool.CLICKS_PERMITTED;
import static io.tapsentinel.tap.plan.Pool.EVERYTHING_ELSE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.api.TapClock;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.StoreFixture;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostponedReadsTest extends StoreFixture {

    @RegisterExtension
    final LogLines log = new LogLines();

    private RequestBudget budget;
    private PostponedReads postponed;

    @BeforeEach
    @Override
    protected void open() {
        super.open();
        budget = new RequestBudget(store, 10, 30, 0, new TapClock(clock), clock);
        postponed = new PostponedReads(budget, clock);
        while (budget.take(CLICKS_PERMITTED, Purpose.CATCH_UP)) {
            // until the pool has no room
        }
    }

    @Test
    void exhaustedPoolDoesNotDelayTheOther() {
        assertThat(postponed.mustWait(CLICKS_PERMITTED, Purpose.CATCH_UP, 0, "clicks wait"))
                .isTrue();
        assertThat(postponed.mustWait(EVERYTHING_ELSE, Purpose.CATCH_UP, 0, "messages wait"))
                .isFalse();
        assertThat(postponed.mustWait(Purpose.SWEEP, 0, "a sweep waits")).isFalse();
        assertThat(postponed.describe()).contains("clicks wait");

        postponed.clear(Purpose.CATCH_UP);
        assertThat(postponed.describe()).isEmpty();
    }

    @Test
    void eachPoolIsLoggedOnceAnHour() {
        while (budget.take(EVERYTHING_ELSE, Purpose.CATCH_UP)) {
            // until the pool has no room
        }
        for (int minutes = 0; minutes < 60; minutes += 5) {
            postponed.mustWait(CLICKS_PERMITTED, Purpose.CATCH_UP, 0, "clicks wait");
            postponed.mustWait(EVERYTHING_ELSE, Purpose.CATCH_UP, 0, "messages wait");
            clock.advance(Duration.ofMinutes(5));
        }

        assertThat(log.lines())
                .hasSize(2)
                .allMatch(line -> line.contains("is used up for catch-up requests"))
                .anyMatch(line -> line.contains("clicks wait"))
                .anyMatch(line -> line.contains("messages wait"));
    }
}
