package io.tapsentinel.report.page;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sentinel.Deliveries;
import io.tapsentinel.sentinel.Deliveries.SinkProblem;
import io.tapsentinel.sentinel.SentinelComponent;
import java.util.Map;
import java.util.stream.Stream;

/** How deliveries go. */
final class SinkView {

    private SinkView() {}

    static Map<String, Object> of(SentinelComponent sentinel) {
        Deliveries deliveries = sentinel.deliveries();
        Map<String, SinkProblem> troubles = deliveries.troubles();
        return JsonObject.of(
                "acknowledged",
                deliveries.acknowledged(),
                "pending",
                deliveries.pending(),
                "lastAcknowledgedAt",
                deliveries.history().acknowledged().orElse(null),
                "tables",
                Stream.of(EventType.values())
                        .map(type -> {
                            SinkProblem trouble = troubles.getOrDefault(type.table(), SinkProblem.NONE);
                            return JsonObject.of(
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
