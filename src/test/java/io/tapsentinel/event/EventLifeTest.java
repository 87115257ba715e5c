package io.tapsentinel.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.testing.Events;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventLifeTest {

    private final TapEvent event = Events.event(EventType.CLICKS_BLOCKED, "1");
    private final List<TapEvent> released = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "NONE, RESERVED, true",
        "NONE, DUPLICATE, false",
        "NONE, DUPLICATE_OF_RESERVED, false",
        "NONE, FILTERED, false",
        "RESERVED, SENDING, true",
        "RESERVED, DUPLICATE, false",
        "RESERVED, FILTERED, false",
        "RESERVED, RELEASED, false",
        "SENDING, DELIVERED, false",
        "SENDING, REJECTED, false",
        "SENDING, DEFERRED, false",
        "SENDING, RELEASED, false"
    })
    void finalOutcomeReleasesTheKey(Outcome from, Outcome to, boolean isKept) {
        BrokenEventLife.put(event, from);
        EventLife.reservedBy(event, released::add);

        assertThat(EventLife.advance(event, from, to)).isTrue();
        assertThat(EventLife.advance(event, from, to)).as("once").isFalse();
        assertThat(event.getOutcome()).isEqualTo(to);
        assertThat(released).hasSize(isKept ? 0 : 1);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"NONE", "RESERVED", "SENDING"},
            mode = EnumSource.Mode.EXCLUDE)
    void finalOutcomesAreFinal(Outcome end) {
        for (Outcome next : Outcome.values()) {
            assertThatThrownBy(() -> EventLife.advance(event, end, next)).hasMessageContaining("never follows");
        }
    }

    @ParameterizedTest
    @CsvSource({"NONE, SENDING", "NONE, DELIVERED", "RESERVED, DELIVERED", "RESERVED, NONE", "SENDING, FILTERED"})
    void noTransitionCanBeSkipped(Outcome from, Outcome to) {
        assertThatThrownBy(() -> EventLife.advance(event, from, to)).hasMessage(to + " never follows " + from);
    }
}
