package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.TapTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Normalizes a message's threats for queries: one spelling of each name, and times that {@code todatetime()} reads. */
final class Threats {

    /** Names in TAP's answers, and their spelling in Proofpoint's documentation. An event has both only if they differ. */
    private static final Map<String, String> SPELLINGS = Map.of("threatID", "threatId", "campaignID", "campaignId");

    private Threats() {}

    /** The value of the column {@code threatsInfoMap}; changes it in place. */
    static TypedValue typed(JsonNode threats) {
        boolean lossy = false;
        if (threats.isArray()) {
            for (JsonNode one : threats) {
                if (one instanceof ObjectNode threat) {
                    lossy |= removeSecondSpellings(threat) | !readTime(threat);
                }
            }
        }
        return new TypedValue(threats, lossy);
    }

    private static boolean removeSecondSpellings(ObjectNode threat) {
        boolean lossy = false;
        for (Map.Entry<String, String> names : SPELLINGS.entrySet()) {
            if (threat.hasNonNull(names.getKey()) && threat.has(names.getValue())) {
                JsonNode second = threat.remove(names.getValue());
                lossy |= !second.isNull() && !second.equals(threat.get(names.getKey()));
            }
        }
        return lossy;
    }

    /** Returns false if the threat's time is unreadable. ISO 8601 stays unchanged. */
    private static boolean readTime(ObjectNode threat) {
        JsonNode time = threat.path("threatTime");
        if (time.isMissingNode()
                || time.isNull()
                || time.isTextual() && time.textValue().isBlank()
                || TapTime.iso(time.textValue()).isPresent()) {
            return true;
        }
        Optional<Instant> read = TypedValue.time(time);
        read.ifPresent(instant -> threat.put("threatTime", TypedValue.text(instant)));
        return read.isPresent();
    }
}
