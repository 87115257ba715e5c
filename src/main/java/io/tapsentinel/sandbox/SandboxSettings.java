package io.tapsentinel.sandbox;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What {@link SandboxEvents} generates. Together with the time of an event these settings decide all of it, so the same settings give
 * the same events in every process. Immutable: each method returns a copy with another value, and refuses one out of its bounds with an
 * {@link IllegalArgumentException} that names the setting and the bound.
 */
public final class SandboxSettings implements Cloneable {

    /** More would overflow the ordinals that make a marker unique within its second. */
    private static final double MOST_EVENTS_PER_HOUR = 36_000_000;

    long seed = 1;
    double eventsPerHour = 2_000;
    double shareMultiRecipient = 0.10;
    double shareLate = 0.10;
    Duration minLateLag = Duration.ofMinutes(1);
    Duration maxLateLag = Duration.ofMinutes(10);
    Duration maxPromptLag = Duration.ofSeconds(20);
    double shareWithoutId;
    double shareDocumented;
    double shareFalsePositive;
    String marker = "";

    private SandboxSettings() {}

    /** 2,000 events per hour, a tenth late by 1 to 10 minutes. */
    public static SandboxSettings defaults() {
        return new SandboxSettings();
    }

    /** Names one sequence of events among all. */
    public SandboxSettings seed(long value) {
        return with(copy -> copy.seed = value);
    }

    /** Mean number of events per hour over all four types, copies of one message included; 0 to 36,000,000. */
    public SandboxSettings eventsPerHour(double value) {
        if (!(value >= 0 && value <= MOST_EVENTS_PER_HOUR)) {
            throw new IllegalArgumentException(
                    "eventsPerHour is " + value + ", must be 0 to " + (long) MOST_EVENTS_PER_HOUR);
        }
        return with(copy -> copy.eventsPerHour = value);
    }

    /** Share of messages that went to two to four people and are as many events; 0 to 1. */
    public SandboxSettings shareMultiRecipient(double value) {
        return with(copy -> copy.shareMultiRecipient = share("shareMultiRecipient", value));
    }

    /** Share of events that show up late in a window which may have been read before; 0 to 1. */
    public SandboxSettings shareLate(double value) {
        return with(copy -> copy.shareLate = share("shareLate", value));
    }

    /** Bounds of the time until a late event is visible (the service was seen to take up to about 30 minutes). */
    public SandboxSettings lateLag(Duration least, Duration greatest) {
        if (least.isNegative() || greatest.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "lateLag is " + least + " to " + greatest + ", must not be negative and be in order");
        }
        return with(copy -> {
            copy.minLateLag = least;
            copy.maxLateLag = greatest;
        });
    }

    /** Greatest time from creation until any other event is visible; the least is zero. */
    public SandboxSettings maxPromptLag(Duration value) {
        return with(copy -> copy.maxPromptLag = value);
    }

    /** Share of events in live spelling that carry no {@code id}; 0 to 1. */
    public SandboxSettings shareWithoutId(double value) {
        return with(copy -> copy.shareWithoutId = share("shareWithoutId", value));
    }

    /**
     * Share of messages and clicks spelled as on the vendor's page ({@code clusterId}, {@code threatId}, {@code "na"}, strings for
     * arrays, no {@code id} in messages); 0 to 1.
     */
    public SandboxSettings shareDocumented(double value) {
        return with(copy -> copy.shareDocumented = share("shareDocumented", value));
    }

    /** Share of events all of whose threats are {@code falsePositive}, which TAP returns only when asked; 0 to 1. */
    public SandboxSettings shareFalsePositive(double value) {
        return with(copy -> copy.shareFalsePositive = share("shareFalsePositive", value));
    }

    /**
     * When not empty, every subject, address, URL, attachment name and threat contains it, followed by a number that is the event's own
     * (copies of one message share the number of their common body); letters, digits, hyphens.
     */
    public SandboxSettings marker(String value) {
        if (!value.matches("[A-Za-z0-9-]*")) {
            throw new IllegalArgumentException("marker may hold letters, digits and hyphens only");
        }
        return with(copy -> copy.marker = value);
    }

    private SandboxSettings with(Consumer<SandboxSettings> change) {
        try {
            SandboxSettings copy = (SandboxSettings) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static double share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 0 to 1");
        }
        return value;
    }
}
