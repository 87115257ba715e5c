package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;

/** Writes the {@code threatsInfoMap} of a message, in live or documented spelling. */
final class ThreatJson {

    private ThreatJson() {}

    static void write(SandboxIncident message, JsonGenerator json, RandomText text) throws IOException {
        json.writeArrayFieldStart("threatsInfoMap");
        for (SandboxThreat threat : message.threats()) {
            json.writeStartObject();
            boolean documented = message.documented();
            json.writeStringField(documented ? "threatId" : "threatID", text.hex(64));
            if (threat.status() != null) {
                json.writeStringField("threatStatus", threat.status());
            }
            String classification = text.pick("malware", "phish", "spam", "impostor", "toad");
            json.writeStringField(
                    "classification", documented ? classification.toUpperCase(Locale.ROOT) : classification);
            json.writeStringField(
                    "threatUrl",
                    "https://threatinsight.proofpoint.com/" + text.uuid() + "/threat/email/" + text.hex(64) + "?c="
                            + message.tag());
            json.writeStringField("threatTime", RandomText.time(threat.time()));
            json.writeStringField(
                    "threat",
                    "url".equals(threat.type())
                            ? "https://" + message.tag() + ".example.com/" + text.hex(10)
                            : message.tag() + "-" + text.hex(64));
            json.writeStringField(documented ? "campaignId" : "campaignID", text.chance(0.4) ? text.uuid() : null);
            json.writeStringField("threatType", documented ? threat.type().toUpperCase(Locale.ROOT) : threat.type());
            if (!documented) {
                newerFields(threat, json, text);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void newerFields(SandboxThreat threat, JsonGenerator json, RandomText text) throws IOException {
        if (text.chance(0.15)) {
            json.writeArrayFieldStart("actors");
            json.writeStartObject();
            json.writeStringField("id", text.uuid());
            json.writeStringField("name", "TA" + (100 + text.below(900)));
            json.writeStringField("type", "UNATTRIBUTED");
            json.writeEndObject();
            json.writeEndArray();
        }
        if (text.chance(0.2)) {
            json.writeStringField("detectionType", threat.type());
        }
    }
}
