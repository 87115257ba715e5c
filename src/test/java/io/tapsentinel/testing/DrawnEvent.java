package io.tapsentinel.testing;

import io.tapsentinel.event.EventType;
import io.tapsentinel.sandbox.SandboxEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * One row of {@link RecordingTap}, in live spelling.
 *
 * @param created   time by which windows select, in whole milliseconds: the later of click or message time and threat time
 * @param visibleAt time from which answers contain it
 * @param id        null if it has none
 * @param happened  click or message time
 * @param condemned time of its only threat
 */
public record DrawnEvent(
        EventType type,
        Instant created,
        Instant visibleAt,
        String id,
        String guid,
        String recipient,
        Instant happened,
        Instant condemned) {

    private static final Duration LONGEST_WAIT = Duration.ofDays(3);

    /** Generates the event with this number; one in twenty has no id. */
    static DrawnEvent draw(SplittableRandom random, int number, Instant created, Duration lag) {
        int kind = random.nextInt(100);
        EventType type = kind < 50
                ? EventType.MESSAGES_BLOCKED
                : kind < 70
                        ? EventType.MESSAGES_DELIVERED
                        : kind < 88 ? EventType.CLICKS_BLOCKED : EventType.CLICKS_PERMITTED;
        Instant earlier = created.minusMillis(random.nextLong(LONGEST_WAIT.toMillis()));
        boolean condemnedLater = random.nextBoolean();
        String id = random.nextInt(20) == 0 ? null : new UUID(random.nextLong(), random.nextLong()).toString();
        // every third event belongs to the same message as the previous one
        String guid = "guid-" + (number % 3 == 1 ? number - 1 : number);
        return new DrawnEvent(
                type,
                created,
                created.plus(lag),
                id,
                guid,
                "r" + number + "@example.org",
                condemnedLater ? earlier : created,
                condemnedLater ? created : earlier);
    }

    /** Identity in the form of the sandbox's events. */
    public String truthKey() {
        return SandboxEvent.truthKey(type, id, guid, recipient);
    }

    /** The row in TAP's answers while its threat has this status. */
    String json(String status) {
        return "{" + (id == null ? "" : "\"id\":\"" + id + "\",") + "\"GUID\":\"" + guid
                + "\",\"sender\":\"s@example.net\"," + "\"senderIP\":\"10.0.0.1\",\"messageID\":\"<" + guid
                + "@example.net>\"," + (type.isClick() ? click(status) : message(status)) + "}";
    }

    private String click(String status) {
        return "\"recipient\":\"" + recipient + "\",\"clickTime\":\"" + happened + "\",\"threatTime\":\"" + condemned
                + "\",\"url\":"
                + "\"https://" + guid
                + ".example.com/\",\"classification\":\"phish\",\"userAgent\":\"Mozilla/5.0\",\"campaignId\":null,"
                + "\"clickIP\":\"10.0.0.2\",\"threatID\":\"t-" + guid
                + "\",\"threatURL\":\"https://threatinsight.proofpoint.com/" + guid
                + "\",\"threatStatus\":\"" + status + "\"";
    }

    private String message(String status) {
        return "\"recipient\":[\"" + recipient + "\"],\"messageTime\":\"" + happened
                + "\",\"threatsInfoMap\":[{\"threatID\":\"t-" + guid
                + "\",\"threatStatus\":\"" + status + "\",\"classification\":\"malware\",\"threatTime\":\"" + condemned
                + "\",\"threat\":"
                + "\"https://" + guid + ".example.com/\",\"threatUrl\":\"https://threatinsight.proofpoint.com/" + guid
                + "\",\"campaignID\":null,\"threatType\":\"url\"}],\"subject\":\"Invoice " + guid
                + "\",\"spamScore\":10,"
                + "\"phishScore\":90,\"malwareScore\":0,\"impostorScore\":0.0,\"messageSize\":4321,\"cluster\":\"example_hosted\","
                + "\"QID\":\"2X1\",\"quarantineFolder\":null,\"quarantineRule\":null,\"policyRoutes\":[\"default_inbound\"],"
                + "\"modulesRun\":[\"av\",\"spf\"],\"fromAddress\":[\"from@example.com\"],\"toAddresses\":[\""
                + recipient + "\"],"
                + "\"ccAddresses\":[],\"replyToAddress\":null,\"headerFrom\":\"<from@example.com>\",\"headerReplyTo\":null,"
                + "\"xmailer\":null,\"completelyRewritten\":true,\"messageParts\":[{\"disposition\":\"inline\",\"sha256\":\"00\","
                + "\"md5\":\"\",\"filename\":\"text.html\",\"sandboxStatus\":null,\"oContentType\":\"text/html\","
                + "\"contentType\":\"text/html\"}]";
    }
}
