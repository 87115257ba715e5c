package io.tapsentinel.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The time limit of a request to TAP. */
class TapBudgetTest {

    private static final Duration USUAL = Duration.ofMinutes(10);

    private final TapBudget budget = new TapBudget(URI.create("https://127.0.0.1"), null, status -> {});

    @Test
    void catchUpRequestIsLimitedToAMinute() {
        budget.reading(Purpose.CATCH_UP, "/v2/siem/clicks/blocked", "");

        assertThat(budget.timeout(USUAL)).isEqualTo(Duration.ofMinutes(1));
        assertThat(budget.timeout(Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void otherRequestsHaveTheConfiguredTimeout() {
        budget.reading(Purpose.POLL, TapBudget.PATH, "");

        assertThat(budget.timeout(USUAL)).isEqualTo(USUAL);
    }
}
