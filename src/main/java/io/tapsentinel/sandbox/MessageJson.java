package io.tapsentinel.sandbox;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tapsentinel.event.EventType;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/** Writes a message, in live or documented spelling, with the odd values that clients have met. */
final class MessageJson {

    private MessageJson() {}

    static void write(SandboxEvent event, JsonGenerator json, RandomText text, SplittableRandom shuffle)
            throws IOException {
        SandboxIncident message = event.incident();
        boolean documented = message.documented();
        json.writeStartObject();
        json.writeNumberField("spamScore", text.below(101));
        json.writeNumberField("phishScore", text.below(101));
        ThreatJson.write(message, json, text);
        json.writeStringField("messageTime", RandomText.time(message.happened()));
        impostorScore(json, text, documented);
        json.writeNumberField("malwareScore", text.below(101));
        json.writeStringField(documented ? "clusterId" : "cluster", "example_hosted");
        subject(message, json, text);
        boolean blocked = message.type() == EventType.MESSAGES_BLOCKED;
        json.writeStringField("quarantineFolder", blocked ? "Attachment Defense" : null);
        json.writeStringField("quarantineRule", blocked ? "module.sandbox.threat" : null);
        list(
                json,
                "policyRoutes",
                text.chance(0.2)
                        ? null
                        : text.chance(0.5) ? List.of("default_inbound") : List.of("default_inbound", "executives"));
        list(json, "modulesRun", text.chance(0.05) ? null : List.of("av", "spf", "dkimv", "urldefense"));
        json.writeNumberField("messageSize", 1_000 + text.below(200_000));
        addresses(message, json, text);
        json.writeStringField("xmailer", text.chance(0.6) ? null : text.pick("Spambot v2.5", "Microsoft Outlook 16.0"));
        PartsJson.write(message.tag(), json, text, shuffle);
        boolean rewritten = text.chance(0.5);
        if (documented) {
            json.writeStringField("completelyRewritten", text.pick("true", "false", "na"));
        } else {
            json.writeBooleanField("completelyRewritten", rewritten);
        }
        json.writeStringField("QID", !documented && text.chance(0.05) ? null : "2X" + text.hex(8));
        json.writeStringField("GUID", event.guid());
        json.writeStringField("sender", text.chance(0.05) ? "" : message.tag() + "@example.net");
        json.writeStringField("senderIP", text.ip());
        json.writeStringField("messageID", text.chance(0.15) ? "" : "<" + text.hex(16) + "@example.net>");
        list(json, "recipient", List.of(event.recipient()));
        if (event.id() != null) {
            json.writeStringField("id", event.id());
        }
        json.writeEndObject();
    }

    private static void impostorScore(JsonGenerator json, RandomText text, boolean documented) throws IOException {
        double[] live = {0.0, 0.0, 12.5, 100.0};
        int at = text.below(5);
        if (documented || at == 4) {
            json.writeNumberField("impostorScore", 0);
        } else {
            json.writeNumberField("impostorScore", live[at]);
        }
    }

    private static void subject(SandboxIncident message, JsonGenerator json, RandomText text) throws IOException {
        switch (text.below(20)) {
            case 0 -> json.writeNullField("subject");
            case 1 -> {
                if (message.documented()) {
                    json.writeNullField("subject");
                }
            }
            case 2 -> json.writeStringField("subject", "tab\tnew\nline " + message.tag());
            case 3, 4 -> json.writeStringField("subject", "Ünïcode ☃ 🎣 \"quoted\" " + message.tag());
            default ->
                json.writeStringField(
                        "subject", text.pick("Invoice ", "Re: your delivery ", "Shared with you: ") + message.tag());
        }
    }

    private static void addresses(SandboxIncident message, JsonGenerator json, RandomText text) throws IOException {
        String tag = message.tag();
        boolean documented = message.documented();
        json.writeStringField("headerFrom", "\"A. Bc\" <" + tag + "@example.com>");
        json.writeStringField("headerReplyTo", text.chance(0.9) ? null : "<reply-" + tag + "@example.com>");
        list(json, "ccAddresses", text.chance(0.8) ? List.of() : List.of("cc-" + tag + "@example.org"));
        list(json, "toAddresses", message.recipients());
        String from = "from-" + tag + "@example.com";
        int reply = text.below(4);
        String replyTo = "reply-" + tag + "@example.com";
        if (documented) {
            json.writeStringField("fromAddress", from);
            json.writeStringField("replyToAddress", reply == 0 ? replyTo : null);
            json.writeStringField("headerTo", "\"Aa\" <to-" + tag + "@example.com>");
            json.writeNullField("headerCC");
        } else {
            list(json, "fromAddress", text.chance(0.05) ? List.of() : List.of(from));
            list(json, "replyToAddress", reply == 0 ? List.of(replyTo) : reply == 1 ? List.of() : null);
        }
    }

    private static void list(JsonGenerator json, String name, List<String> values) throws IOException {
        if (values == null) {
            json.writeNullField(name);
            return;
        }
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
