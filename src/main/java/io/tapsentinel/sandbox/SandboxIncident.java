package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One click, or the common part of a message's events for all recipients.
 *
 * @param created    time by which windows select events: the later of {@code happened} and the newest threat
 * @param happened   click time or message time
 * @param documented whether fields are spelled as in the vendor's documentation
 * @param bodySeed   seed of all text not listed here
 * @param tag        part of every subject, address and URL: the marker and a number, or random digits
 * @param threats    one for clicks, one or two for messages, newest first
 */
record SandboxIncident(
        EventType type,
        Instant created,
        Instant happened,
        String guid,
        boolean documented,
        long bodySeed,
        String tag,
        List<String> recipients,
        List<Threat> threats) {

    /**
     * The part of a threat that TAP filters by.
     *
     * @param status {@code active}, {@code cleared}, {@code falsePositive}, or null if missing in the event
     * @param type   {@code url}, {@code attachment} or {@code messageText}
     * @param time   when the threat was detected, in whole milliseconds
     */
    record Threat(String status, String type, Instant time) {

        /** A missing status counts as active. */
        boolean matches(Set<String> statuses) {
            return statuses.contains(status == null ? "active" : status);
        }
    }

    /** Share of messages among incidents; the rest are clicks. */
    static final double SHARE_MESSAGES = 0.70;
    /** Mean number of recipients of a message to several: two to four. */
    static final int MEAN_RECIPIENTS = 3;

    private static final double LONGEST_WAIT_MINUTES = Duration.ofDays(3).toMinutes();

    /**
     * Generates the next incident of a second.
     *
     * @param second start of that second, in milliseconds since the epoch
     * @param number unique among all incidents of one seed
     */
    static SandboxIncident draw(SplittableRandom random, SandboxSettings settings, long second, long number) {
        RandomText text = new RandomText(random);
        EventType type = type(random.nextDouble());
        Instant created = Instant.ofEpochMilli(second + random.nextInt(1000));
        double course = random.nextDouble();
        boolean condemnedBefore = course < (type.isClick() ? 0.60 : 0.15);
        // TAP judges a message within seconds, or minutes to days later
        boolean judgedAtOnce = !type.isClick() && !condemnedBefore && course < 0.80;
        Duration wait = judgedAtOnce ? Duration.ofMillis(1 + random.nextInt(30_000)) : longWait(random);
        Instant happened = condemnedBefore ? created : created.minus(wait);
        Instant condemned = condemnedBefore ? created.minus(wait) : created;
        String tag = settings.marker.isEmpty() ? text.hex(8) : settings.marker + number;
        int copies = !type.isClick() && random.nextDouble() < settings.shareMultiRecipient ? 2 + random.nextInt(3) : 1;
        boolean documented = random.nextDouble() < settings.shareDocumented;
        return new SandboxIncident(
                type,
                created,
                happened,
                text.hex(32),
                documented,
                random.nextLong(),
                tag,
                recipients(tag, copies),
                threats(random, settings, type, condemned, documented));
    }

    /** Adds one event per recipient, each with its own id and lag. */
    void copies(SplittableRandom random, SandboxSettings settings, List<SandboxEvent> into) {
        RandomText text = new RandomText(random);
        boolean spelledWithoutId = documented && !type.isClick();
        for (String recipient : recipients) {
            String id = text.uuid();
            boolean without = random.nextDouble() < settings.shareWithoutId || spelledWithoutId;
            boolean late = random.nextDouble() < settings.shareLate;
            long least = late ? settings.minLateLag.toMillis() : 0;
            long greatest = late ? settings.maxLateLag.toMillis() : settings.maxPromptLag.toMillis();
            Instant visibleAt = created.plusMillis(random.nextLong(least, greatest + 1));
            into.add(new SandboxEvent(type, created, visibleAt, without ? null : id, guid, recipient, this));
        }
    }

    private static EventType type(double at) {
        if (at < 0.50) {
            return EventType.MESSAGES_BLOCKED;
        }
        if (at < SHARE_MESSAGES) {
            return EventType.MESSAGES_DELIVERED;
        }
        return at < 0.88 ? EventType.CLICKS_BLOCKED : EventType.CLICKS_PERMITTED;
    }

    /** One minute to three days, mostly short. StrictMath gives the same result on every machine. */
    private static Duration longWait(SplittableRandom random) {
        return Duration.ofMillis(
                (long) (60_000 * StrictMath.exp(random.nextDouble() * StrictMath.log(LONGEST_WAIT_MINUTES))));
    }

    private static List<String> recipients(String tag, int copies) {
        List<String> recipients = new ArrayList<>(copies);
        for (int copy = 0; copy < copies; copy++) {
            recipients.add("r" + copy + "-" + tag + "@example.org");
        }
        return List.copyOf(recipients);
    }

    private static List<Threat> threats(
            SplittableRandom random, SandboxSettings settings, EventType type, Instant newest, boolean documented) {
        boolean falsePositive = random.nextDouble() < settings.shareFalsePositive;
        int count = !type.isClick() && random.nextDouble() < 0.30 ? 2 : 1;
        List<Threat> threats = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            double kind = random.nextDouble();
            String threatType = type.isClick() || kind < 0.60 ? "url" : kind < 0.90 ? "attachment" : "messageText";
            double fate = random.nextDouble();
            boolean silent = fate > 0.98 && !type.isClick() && !documented;
            String status = falsePositive ? "falsePositive" : silent ? null : fate < 0.08 ? "cleared" : "active";
            Instant time = at == 0 ? newest : newest.minusMillis(random.nextInt(3_600_000));
            threats.add(new Threat(status, threatType, time));
        }
        return List.copyOf(threats);
    }
}
