package io.tapsentinel.tap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.tap.plan.Unreadable.How;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The next window of one table's backlog. */
class DetourTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void oldestHourIsReadAgainFirst() {
        assertThat(Detour.NONE.nextOfTable(List.of(range(0, 9_000), range(9_900, 9_960)), HOUR))
                .contains(range(0, 3_600));
        assertThat(Detour.NONE.nextOfTable(List.of(range(9_900, 9_910)), HOUR))
                .as("at least half a minute")
                .contains(range(9_880, 9_910));
        assertThat(Detour.NONE.nextOfTable(List.of(), HOUR)).isEmpty();
    }

    @Test
    void timeBeingNarrowedDownWaitsAndGapsAreSkipped() {
        Unreadable bad = new Unreadable(range(0, 600), true, How.ANSWER, 0, Instant.EPOCH, true);
        Detour detour = new Detour(List.of(bad), List.of(range(900, 930)));

        assertThat(detour.nextOfTable(List.of(range(0, 900)), HOUR)).contains(range(601, 900));
        assertThat(detour.nextOfTable(List.of(range(500, 602)), HOUR))
                .as("the second next to it, which the neighbouring window contains too")
                .contains(range(601, 631));
        assertThat(detour.nextOfTable(List.of(range(0, 600), range(905, 920)), HOUR))
                .isEmpty();
    }

    @Test
    void timeTooShortBetweenTwoGapsIsReadWithPartOfAGap() {
        Detour detour = new Detour(List.of(), List.of(range(0, 30), range(40, 70)));

        assertThat(detour.nextOfTable(List.of(range(10, 50)), HOUR)).contains(range(10, 40));
    }

    private static TimeRange range(long from, long to) {
        return new TimeRange(NOON.plusSeconds(from), NOON.plusSeconds(to));
    }
}
