package io.tapsentinel.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/**
 * All events of an imaginary customer, at any time. They are computed from the settings and the second of their creation, not stored:
 * every process gets the same events for a window, in any order and any number of times. Thread-safe.
 */
public final class SandboxEvents {

    /** Limit of incidents in a second, so that second and ordinal identify each incident. */
    private static final long INCIDENTS_PER_SECOND = 100_000;
    /** Above this mean, a normal distribution approximates the Poisson distribution. */
    private static final double LARGE_MEAN = 30;

    private final SandboxSettings settings;
    private final double meanIncidents;
    private final double emptyShare;

    public SandboxEvents(SandboxSettings settings) {
        this.settings = settings;
        double copiesPerIncident =
                SandboxIncident.SHARE_MESSAGES * settings.shareMultiRecipient * (SandboxIncident.MEAN_RECIPIENTS - 1);
        this.meanIncidents = settings.eventsPerHour / 3600 / (1 + copiesPerIncident);
        this.emptyShare = StrictMath.exp(-meanIncidents);
    }

    /** All events with {@code from <= created <= to}, visible or not, ordered by second but not within a second. */
    public Iterator<SandboxEvent> between(Instant from, Instant to) {
        return new Iterator<>() {
            private long second = from.getEpochSecond();
            private Iterator<SandboxEvent> events = List.<SandboxEvent>of().iterator();
            private SandboxEvent next = advance();

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public SandboxEvent next() {
                if (next == null) {
                    throw new NoSuchElementException();
                }
                SandboxEvent event = next;
                next = advance();
                return event;
            }

            private SandboxEvent advance() {
                while (true) {
                    while (events.hasNext()) {
                        SandboxEvent event = events.next();
                        if (!event.created().isBefore(from) && !event.created().isAfter(to)) {
                            return event;
                        }
                    }
                    if (second > to.getEpochSecond()) {
                        return null;
                    }
                    events = createdIn(second++).iterator();
                }
            }
        };
    }

    /** The events created in one second since the epoch. */
    List<SandboxEvent> createdIn(long second) {
        SplittableRandom random = new SplittableRandom(mix(settings.seed, second));
        int incidents = incidents(random);
        if (incidents == 0) {
            return List.of();
        }
        List<SandboxEvent> events = new ArrayList<>(incidents + 4);
        for (int ordinal = 0; ordinal < incidents; ordinal++) {
            long number = second * INCIDENTS_PER_SECOND + ordinal;
            SandboxIncident.draw(random, settings, second * 1000, number).copies(random, settings, events);
        }
        return events;
    }

    private int incidents(SplittableRandom random) {
        if (meanIncidents > LARGE_MEAN) {
            double drawn = meanIncidents + StrictMath.sqrt(meanIncidents) * random.nextGaussian();
            return (int) Math.max(0, Math.min(INCIDENTS_PER_SECOND - 1, Math.round(drawn)));
        }
        int count = 0;
        for (double product = random.nextDouble(); product > emptyShare; product *= random.nextDouble()) {
            count++;
        }
        return count;
    }

    /** Avoids related seeds for neighbouring seconds, whose random sequences would overlap (MurmurHash3's finalizer). */
    private static long mix(long seed, long second) {
        return finalizer(finalizer(seed + 0x632be59bd9b4e019L) ^ second);
    }

    private static long finalizer(long value) {
        long bits = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        bits = (bits ^ bits >>> 33) * 0xc4ceb9fe1a85ec53L;
        return bits ^ bits >>> 33;
    }
}
