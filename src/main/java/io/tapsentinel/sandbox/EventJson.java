package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/** Writes the fields of an event as live answers or the vendor's documentation spell them, including odd values seen in live answers. */
final class EventJson {

    private static final String[] BROWSERS = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
    };
    private static final String[] PART_STATUSES = {
        null, null, "threat", "THREAT", "unsupported", "NOT_SUPPORTED", "clean", "CLEAN", "inprogress"
    };
    private static final String THREAT_INSIGHT = "https://threatinsight.proofpoint.com/";

    private final SandboxEvent event;
    private final SandboxIncident incident;
    private final String tag;
    private final boolean documented;
    private final RandomText text;

    private EventJson(SandboxEvent event) {
        this.event = event;
        this.incident = event.incident();
        this.tag = incident.tag();
        this.documented = incident.documented();
        this.text = new RandomText(new SplittableRandom(incident.bodySeed()));
    }

    /** @param order shuffles {@code messageParts}, as TAP does from one answer to the next */
    static Map<String, Object> of(SandboxEvent event, Random order) {
        EventJson json = new EventJson(event);
        return event.type().isClick() ? json.click() : json.message(order);
    }

    /** For clicks, the two spellings differ only in the case of {@code classification}. */
    private Map<String, Object> click() {
        SandboxIncident.Threat threat = incident.threats().get(0);
        Map<String, Object> click = new LinkedHashMap<>();
        String classification = text.pick("phish", "phish", "malware", "spam");
        click.put("url", "https://" + tag + ".example.com/" + text.hex(24));
        click.put("classification", spelled(classification));
        click.put("clickTime", RandomText.time(incident.happened()));
        click.put("threatTime", RandomText.time(threat.time()));
        click.put("userAgent", text.pick(BROWSERS));
        click.put("campaignId", text.chance(0.3) ? text.uuid() : null);
        putId(click);
        click.put("clickIP", text.ip());
        putSender(click);
        click.put("recipient", event.recipient());
        click.put("GUID", event.guid());
        click.put("threatID", text.hex(64));
        click.put("threatURL", THREAT_INSIGHT + text.hex(64) + "?c=" + tag);
        click.put("threatStatus", threat.status());
        return click;
    }

    private Map<String, Object> message(Random order) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("spamScore", text.below(101));
        message.put("phishScore", text.below(101));
        message.put(
                "threatsInfoMap", incident.threats().stream().map(this::threat).toList());
        message.put("messageTime", RandomText.time(incident.happened()));
        message.put("impostorScore", documented ? 0 : text.<Object>pick(0.0, 0.0, 12.5, 100.0, 0));
        message.put("malwareScore", text.below(101));
        message.put(documented ? "clusterId" : "cluster", "example_hosted");
        putSubject(message);
        boolean blocked = incident.type() == EventType.MESSAGES_BLOCKED;
        message.put("quarantineFolder", blocked ? "Attachment Defense" : null);
        message.put("quarantineRule", blocked ? "module.sandbox.threat" : null);
        List<String> one = List.of("default_inbound");
        List<String> two = List.of("default_inbound", "executives");
        message.put("policyRoutes", text.pick(null, one, one, two, two));
        message.put("modulesRun", text.chance(0.05) ? null : List.of("av", "spf", "dkimv", "urldefense"));
        message.put("messageSize", 1_000 + text.below(200_000));
        putAddresses(message);
        message.put("xmailer", text.chance(0.6) ? null : text.pick("Spambot v2.5", "Microsoft Outlook 16.0"));
        message.put("messageParts", parts(order));
        message.put("completelyRewritten", documented ? text.pick("true", "false", "na") : text.chance(0.5));
        message.put("QID", !documented && text.chance(0.05) ? null : "2X" + text.hex(8));
        message.put("GUID", event.guid());
        putSender(message);
        message.put("recipient", List.of(event.recipient()));
        putId(message);
        return message;
    }

    private String spelled(String word) {
        return documented ? word.toUpperCase(Locale.ROOT) : word;
    }

    private void putId(Map<String, Object> fields) {
        if (event.id() != null) {
            fields.put("id", event.id());
        }
    }

    private void putSender(Map<String, Object> fields) {
        fields.put("sender", text.chance(0.05) ? "" : tag + "@example.net");
        fields.put("senderIP", text.ip());
        fields.put("messageID", text.chance(0.15) ? "" : "<" + text.hex(16) + "@example.net>");
    }

    private void putSubject(Map<String, Object> message) {
        int kind = text.below(20);
        // live answers may omit it
        if (kind != 1 || documented) {
            message.put(
                    "subject",
                    switch (kind) {
                        case 0, 1 -> null;
                        case 2 -> "tab\tnew\nline " + tag;
                        case 3, 4 -> "Ünïcode ☃ 🎣 \"quoted\" " + tag;
                        default -> text.pick("Invoice ", "Re: your delivery ", "Shared with you: ") + tag;
                    });
        }
    }

    private void putAddresses(Map<String, Object> message) {
        message.put("headerFrom", "\"A. Bc\" <" + tag + "@example.com>");
        message.put("headerReplyTo", text.chance(0.9) ? null : "<reply-" + tag + "@example.com>");
        message.put("ccAddresses", text.chance(0.8) ? List.of() : List.of("cc-" + tag + "@example.org"));
        message.put("toAddresses", incident.recipients());
        String from = "from-" + tag + "@example.com";
        int reply = text.below(4);
        String replyTo = reply == 0 ? "reply-" + tag + "@example.com" : null;
        if (documented) {
            message.put("fromAddress", from);
            message.put("replyToAddress", replyTo);
            message.put("headerTo", "\"Aa\" <to-" + tag + "@example.com>");
            message.put("headerCC", null);
        } else {
            message.put("fromAddress", text.chance(0.05) ? List.of() : List.of(from));
            message.put("replyToAddress", replyTo != null ? List.of(replyTo) : reply == 1 ? List.of() : null);
        }
    }

    private Map<String, Object> threat(SandboxIncident.Threat threat) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(documented ? "threatId" : "threatID", text.hex(64));
        if (threat.status() != null) {
            fields.put("threatStatus", threat.status());
        }
        fields.put("classification", spelled(text.pick("malware", "phish", "spam", "impostor", "toad")));
        fields.put("threatUrl", THREAT_INSIGHT + text.uuid() + "/threat/email/" + text.hex(64) + "?c=" + tag);
        fields.put("threatTime", RandomText.time(threat.time()));
        boolean url = threat.type().equals("url");
        fields.put("threat", url ? "https://" + tag + ".example.com/" + text.hex(10) : tag + "-" + text.hex(64));
        fields.put(documented ? "campaignId" : "campaignID", text.chance(0.4) ? text.uuid() : null);
        fields.put("threatType", spelled(threat.type()));
        if (!documented && text.chance(0.15)) {
            String name = "TA" + (100 + text.below(900));
            fields.put("actors", List.of(Map.of("id", text.uuid(), "name", name, "type", "UNATTRIBUTED")));
        }
        if (!documented && text.chance(0.2)) {
            fields.put("detectionType", threat.type());
        }
        return fields;
    }

    /** An HTML part, a text part and an attachment, or the first of them. */
    private List<Map<String, Object>> parts(Random order) {
        List<Map<String, Object>> parts = new ArrayList<>();
        parts.add(part("inline", "text.html", "text/html"));
        int more = text.below(3);
        if (more > 0) {
            parts.add(part("inline", "text.txt", "text/plain"));
        }
        if (more > 1) {
            parts.add(part("attached", "invoice-" + tag + ".pdf", "application/pdf"));
        }
        Collections.shuffle(parts, order);
        return parts;
    }

    private Map<String, Object> part(String disposition, String filename, String contentType) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("disposition", disposition);
        part.put("sha256", text.hex(64));
        part.put("md5", text.chance(0.5) ? "" : text.hex(32));
        part.put("filename", filename);
        part.put("sandboxStatus", text.pick(PART_STATUSES));
        part.put("oContentType", contentType);
        part.put("contentType", contentType);
        return part;
    }
}
