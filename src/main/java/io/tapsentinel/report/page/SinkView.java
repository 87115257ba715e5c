package io.tapsentinel.report.page;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.Deliveries;
import io.tapsentinel.sentinel.Deliveries.Trouble;
import io.tapsentinel.sentinel.SentinelComponent;
import java.util.Map;
import java.util.stream.Stream;

/** How deliveries go. */
final class SinkView {

    private SinkView() {}

    static Map<String, Object> of(SentinelComponent sentinel) {
        Deliveries deliveries = sentinel.deliveries();
        Map<String, Trouble> troubles = deliveries.troubles();
        return Json.of(
                "acknowledged",
                deliveries.acknowledged(),
                "pending",
                deliveries.pending(),
                "lastAcknowledgedAt",
                deliveries.history().acknowledged().orElse(null),
                "tables",
                Stream.of(EventType.values())
                        .map(type -> {
                            Trouble trouble = troubles.getOrDefault(type.table(), Trouble.NONE);
                            return Json.of(
                                    "table",
                                    type.table(),
                                    "failures",
                                    trouble.failures(),
                                    "needsPerson",
                                    trouble.needsPerson(),
                                    "message",
                                    trouble.message().isEmpty() ? null : trouble.message());
                        })
                        .toList());
    }
}
