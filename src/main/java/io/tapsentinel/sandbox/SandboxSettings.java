package io.tapsentinel.sandbox;

import java.time.Duration;

/**
 * What {@link SandboxEvents} generates. Together with the time of an event these settings decide all of it, so the same
 * settings give the same events in every process.
 *
 * @param seed                names one sequence of events among all
 * @param eventsPerHour       mean number of events per hour over all four types, copies of one message included; 0 to 36,000,000
 * @param shareMultiRecipient share of messages that went to two to four people and are as many events; 0 to 1
 * @param shareLate           share of events that show up late in a window which may have been read before; 0 to 1
 * @param minLateLag          least time from creation until a late event is visible
 * @param maxLateLag          greatest such time (the service was seen to take up to about 30 minutes)
 * @param maxPromptLag        greatest time from creation until any other event is visible; the least is zero
 * @param shareWithoutId      share of events in live spelling that carry no {@code id}; 0 to 1
 * @param shareDocumented     share of messages and clicks spelled as on the vendor's page ({@code clusterId}, {@code threatId},
 *                            {@code "na"}, strings for arrays, no {@code id} in messages); 0 to 1
 * @param shareFalsePositive  share of events all of whose threats are {@code falsePositive}, which TAP returns only when asked;
 *                            0 to 1
 * @param marker              when not empty, every subject, address, URL, attachment name and threat contains it, followed by a
 *                            number that is the event's own (copies of one message share the number of their common body);
 *                            letters, digits, hyphens
 */
public record SandboxSettings(
        long seed,
        double eventsPerHour,
        double shareMultiRecipient,
        double shareLate,
        Duration minLateLag,
        Duration maxLateLag,
        Duration maxPromptLag,
        double shareWithoutId,
        double shareDocumented,
        double shareFalsePositive,
        String marker) {

    /** More would overflow the ordinals that make a marker unique within its second. */
    static final double MOST_EVENTS_PER_HOUR = 36_000_000;

    /** @throws IllegalArgumentException when a value is out of the bounds stated above, naming the setting and the bound */
    public SandboxSettings {
        if (!(eventsPerHour >= 0 && eventsPerHour <= MOST_EVENTS_PER_HOUR)) {
            throw new IllegalArgumentException(
                    "eventsPerHour is " + eventsPerHour + ", must be 0 to " + (long) MOST_EVENTS_PER_HOUR);
        }
        share("shareMultiRecipient", shareMultiRecipient);
        share("shareLate", shareLate);
        share("shareWithoutId", shareWithoutId);
        share("shareDocumented", shareDocumented);
        share("shareFalsePositive", shareFalsePositive);
        if (maxPromptLag.isNegative() || minLateLag.isNegative() || maxLateLag.compareTo(minLateLag) < 0) {
            throw new IllegalArgumentException("lags are " + maxPromptLag + " (prompt), " + minLateLag + " to "
                    + maxLateLag + " (late): none may be negative, and the late bounds must be in order");
        }
        if (!marker.matches("[A-Za-z0-9-]*")) {
            throw new IllegalArgumentException("marker may hold letters, digits and hyphens only");
        }
    }

    /** Settings that can be changed one by one, at their defaults: 2,000 events per hour, a tenth late by 1 to 10 minutes. */
    public static Builder builder() {
        return new Builder();
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 0 to 1");
        }
    }

    /** Collects settings; each method is named after the component of the record that it sets. */
    public static final class Builder {
        private long seed = 1;
        private double eventsPerHour = 2_000;
        private double shareMultiRecipient = 0.10;
        private double shareLate = 0.10;
        private Duration minLateLag = Duration.ofMinutes(1);
        private Duration maxLateLag = Duration.ofMinutes(10);
        private Duration maxPromptLag = Duration.ofSeconds(20);
        private double shareWithoutId;
        private double shareDocumented;
        private double shareFalsePositive;
        private String marker = "";

        private Builder() {}

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Builder eventsPerHour(double value) {
            eventsPerHour = value;
            return this;
        }

        public Builder shareMultiRecipient(double value) {
            shareMultiRecipient = value;
            return this;
        }

        public Builder shareLate(double value) {
            shareLate = value;
            return this;
        }

        /** Sets both bounds of the time until a late event is visible. */
        public Builder lateLag(Duration least, Duration greatest) {
            minLateLag = least;
            maxLateLag = greatest;
            return this;
        }

        public Builder maxPromptLag(Duration value) {
            maxPromptLag = value;
            return this;
        }

        public Builder shareWithoutId(double value) {
            shareWithoutId = value;
            return this;
        }

        public Builder shareDocumented(double value) {
            shareDocumented = value;
            return this;
        }

        public Builder shareFalsePositive(double value) {
            shareFalsePositive = value;
            return this;
        }

        public Builder marker(String value) {
            marker = value == null ? "" : value;
            return this;
        }

        /** @throws IllegalArgumentException see {@link SandboxSettings} */
        public SandboxSettings build() {
            return new SandboxSettings(
                    seed,
                    eventsPerHour,
                    shareMultiRecipient,
                    shareLate,
                    minLateLag,
                    maxLateLag,
                    maxPromptLag,
                    shareWithoutId,
                    shareDocumented,
                    shareFalsePositive,
                    marker);
        }
    }
}
