package io.tapsentinel.sandbox;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Settings of {@link SandboxEvents}. The same settings give the same events in every process. Immutable: each method returns a changed
 * copy and throws an {@link IllegalArgumentException} that names the setting and its bounds.
 */
public final class SandboxSettings implements Cloneable {

    /** Limit of the ordinals that make a marker unique within its second. */
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

    /** 2,000 events an hour, a tenth of them 1 to 10 minutes late. */
    public static SandboxSettings defaults() {
        return new SandboxSettings();
    }

    /** Selects one of many sequences of events. */
    public SandboxSettings seed(long value) {
        return with(copy -> copy.seed = value);
    }

    /** Mean number of events an hour, all types and copies of messages included; 0 to 36,000,000. */
    public SandboxSettings eventsPerHour(double value) {
        if (!(value >= 0 && value <= MOST_EVENTS_PER_HOUR)) {
            throw new IllegalArgumentException(
                    "eventsPerHour is " + value + ", must be 0 to " + (long) MOST_EVENTS_PER_HOUR);
        }
        return with(copy -> copy.eventsPerHour = value);
    }

    /** Share of messages with two to four recipients, each an event of its own; 0 to 1. */
    public SandboxSettings shareMultiRecipient(double value) {
        return with(copy -> copy.shareMultiRecipient = share("shareMultiRecipient", value));
    }

    /** Share of late events; 0 to 1. */
    public SandboxSettings shareLate(double value) {
        return with(copy -> copy.shareLate = share("shareLate", value));
    }

    /** Bounds of the delay of late events (the service takes up to about 30 minutes). */
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

    /** Maximum delay of all other events; the minimum is zero. */
    public SandboxSettings maxPromptLag(Duration value) {
        return with(copy -> copy.maxPromptLag = value);
    }

    /** Share of events in live spelling without an {@code id}; 0 to 1. */
    public SandboxSettings shareWithoutId(double value) {
        return with(copy -> copy.shareWithoutId = share("shareWithoutId", value));
    }

    /**
     * Share of events spelled as in the vendor's documentation ({@code clusterId}, {@code threatId}, {@code "na"}, strings for
     * arrays, no {@code id} in messages); 0 to 1.
     */
    public SandboxSettings shareDocumented(double value) {
        return with(copy -> copy.shareDocumented = share("shareDocumented", value));
    }

    /** Share of events with only {@code falsePositive} threats, which TAP returns only on request; 0 to 1. */
    public SandboxSettings shareFalsePositive(double value) {
        return with(copy -> copy.shareFalsePositive = share("shareFalsePositive", value));
    }

    /**
     * If not empty, every subject, address, URL, attachment name and threat contains it, followed by the number of the click or message.
     * Letters, digits and hyphens only.
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
