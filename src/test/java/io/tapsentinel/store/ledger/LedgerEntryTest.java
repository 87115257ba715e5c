package io.tapsentinel.store.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LedgerEntryTest {

    @Test
    void eachPurposeHasItsWord() {
        assertThat(Stream.of(Purpose.values()).map(Purpose::word))
                .containsExactly("poll", "backlog", "sweep", "catch-up", "replay");
        assertThat(Purpose.values()).allMatch(purpose -> Purpose.of(purpose.word()) == purpose);
    }
}
