package io.tapsentinel.sentinel.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.event.TapTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A message's threats as the queries look for them: one spelling of each name, and times that {@code todatetime()} reads. */
final class Threats {

    /** Names in live answers, and the same on the vendor's page; an event has both only where they differ. */
    private static final Map<String, String> SPELLINGS = Map.of("threatID", "threatId", "campaignID", "campaignId");

    private Threats() {}

    /** The value of the column {@code threatsInfoMap}, which is changed in place. */
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

    /** Whether the threat's time is one, or there is none; ISO 8601 stays as it came. */
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
