package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;

/** Writes a click; the documented spelling differs from the live one in the case of {@code classification} only. */
final class ClickJson {

    private static final String[] BROWSERS = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
    };

    private ClickJson() {}

    static void write(SandboxEvent event, JsonGenerator json, RandomText text) throws IOException {
        SandboxIncident click = event.incident();
        SandboxThreat threat = click.threats().get(0);
        String classification = text.pick("phish", "phish", "malware", "spam");
        json.writeStartObject();
        json.writeStringField("url", "https://" + click.tag() + ".example.com/" + text.hex(24));
        json.writeStringField(
                "classification", click.documented() ? classification.toUpperCase(Locale.ROOT) : classification);
        json.writeStringField("clickTime", RandomText.time(click.happened()));
        json.writeStringField("threatTime", RandomText.time(threat.time()));
        json.writeStringField("userAgent", text.pick(BROWSERS));
        json.writeStringField("campaignId", text.chance(0.3) ? text.uuid() : null);
        if (event.id() != null) {
            json.writeStringField("id", event.id());
        }
        json.writeStringField("clickIP", text.ip());
        json.writeStringField("sender", text.chance(0.05) ? "" : click.tag() + "@example.net");
        json.writeStringField("recipient", event.recipient());
        json.writeStringField("senderIP", text.ip());
        json.writeStringField("GUID", event.guid());
        json.writeStringField("threatID", text.hex(64));
        json.writeStringField(
                "threatURL", "https://threatinsight.proofpoint.com/" + text.hex(64) + "?c=" + click.tag());
        json.writeStringField("threatStatus", threat.status());
        json.writeStringField("messageID", text.chance(0.15) ? "" : "<" + text.hex(16) + "@example.net>");
        json.writeEndObject();
    }
}
