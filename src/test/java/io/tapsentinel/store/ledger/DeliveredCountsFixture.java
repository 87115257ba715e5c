package io.tapsentinel.store.ledger;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.keys.SeenKeys;
import io.tapsentinel.tap.plan.Progress;
import io.tapsentinel.testing.StoreFixture;
import io.tapsentinel.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;

/** A store that counts deliveries by hour, with helpers to read the counts. */
abstract class DeliveredCountsFixture extends StoreFixture {

    static final EventType TYPE = EventType.CLICKS_BLOCKED;
    static final Instant NINE = Instant.parse("2026-11-20T09:00:00Z");
    static final Instant TEN = NINE.plus(Duration.ofHours(1));

    SeenKeys seen;
    int ids;

    @BeforeEach
    @Override
    protected void open() {
        open("tap");
    }

    void open(String source) {
        store = Store.open(TestDatabase.address(folder.resolve("state/tap.db")), source, "https://tap.example.com");
        seen = new SeenKeys(store, 1_000, true, clock);
        if (new ReadState(store, clock).progress().isEmpty()) {
            new ReadState(store, clock).begin(new Progress(NINE, Instant.parse("2026-11-20T11:59:00Z")));
        }
    }

    TapEvent event(EventType type, Instant time) {
        Map<String, Object> fields = Map.of("id", "id-" + ids++);
        return new TapEvent(type, EventIdentity.of(type, fields), 1, time, fields);
    }

    Map<String, Long> counts() {
        return new DeliveredCounts(store)
                .closed(Instant.EPOCH).stream()
                        .filter(hour -> hour.delivered() > 0)
                        .collect(Collectors.toMap(
                                hour -> hour(hour) + " " + hour.type().arrayName(), DeliveredCounts.Hour::delivered));
    }

    List<String> hours() {
        return new DeliveredCounts(store)
                .closed(Instant.EPOCH).stream()
                        .map(DeliveredCountsFixture::hour)
                        .toList();
    }

    static String hour(DeliveredCounts.Hour hour) {
        return hour.hour().toString().substring(11, 13);
    }
}
