package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.batch.BatchSettings;
import io.tapsentinel.sentinel.batch.RetrySettings;
import java.time.Duration;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** When the batches of a table close and how they are retried; the words are Kafka's. */
@UriParams
public class SentinelConfiguration implements Cloneable {

    @UriParam(label = "producer", defaultValue = "1000000")
    @Metadata(
            description = "The body of a batch stays under this many bytes, uncompressed, brackets and commas counted."
                    + " At most 1000000, since Azure takes 1 MB a call.")
    private int batchBytes = BatchSettings.MOST_BYTES;

    @UriParam(label = "producer", defaultValue = "5000")
    @Metadata(description = "A batch holds at most this many records.")
    private int batchRecords = 5000;

    @UriParam(label = "producer", defaultValue = "500")
    @Metadata(
            description = "How long in milliseconds a batch waits for more records after its first one, at most 60000.")
    private long lingerMs = 500;

    @UriParam(label = "producer", defaultValue = "10000")
    @Metadata(description = "How many records may wait for their acknowledgement. With so many the reader waits.")
    private int maxPending = 10_000;

    @UriParam(label = "producer", defaultValue = "1000")
    @Metadata(
            description =
                    "Pause in milliseconds after a request that failed for a while; it doubles with each further failure."
                            + " A Retry-After of the service counts more.")
    private long retryBackoffMs = 1000;

    @UriParam(label = "producer", defaultValue = "60000")
    @Metadata(
            description =
                    "Longest pause in milliseconds, and the one between tries while everything is refused (401, 403, 404).")
    private long retryBackoffMaxMs = 60_000;

    @UriParam(label = "producer", defaultValue = "0")
    @Metadata(
            description =
                    "How long in milliseconds after its first request a batch is given up; its window is then read and sent"
                            + " again. 0 keeps trying, until the table is suspended: when it fails for two minutes while another table"
                            + " is fine.")
    private long deliveryTimeoutMs;

    public int getBatchBytes() {
        return batchBytes;
    }

    public void setBatchBytes(int batchBytes) {
        this.batchBytes = batchBytes;
    }

    public int getBatchRecords() {
        return batchRecords;
    }

    public void setBatchRecords(int batchRecords) {
        this.batchRecords = batchRecords;
    }

    public long getLingerMs() {
        return lingerMs;
    }

    public void setLingerMs(long lingerMs) {
        this.lingerMs = lingerMs;
    }

    public int getMaxPending() {
        return maxPending;
    }

    public void setMaxPending(int maxPending) {
        this.maxPending = maxPending;
    }

    public long getRetryBackoffMs() {
        return retryBackoffMs;
    }

    public void setRetryBackoffMs(long retryBackoffMs) {
        this.retryBackoffMs = retryBackoffMs;
    }

    public long getRetryBackoffMaxMs() {
        return retryBackoffMaxMs;
    }

    public void setRetryBackoffMaxMs(long retryBackoffMaxMs) {
        this.retryBackoffMaxMs = retryBackoffMaxMs;
    }

    public long getDeliveryTimeoutMs() {
        return deliveryTimeoutMs;
    }

    public void setDeliveryTimeoutMs(long deliveryTimeoutMs) {
        this.deliveryTimeoutMs = deliveryTimeoutMs;
    }

    /** The options of retrying, checked; an option out of bounds is refused by name. */
    RetrySettings retrySettings() {
        return new RetrySettings(
                Duration.ofMillis(retryBackoffMs),
                Duration.ofMillis(retryBackoffMaxMs),
                Duration.ofMillis(deliveryTimeoutMs));
    }

    /** The options of batching, checked; an option out of bounds is refused by name. */
    BatchSettings batchSettings() {
        return new BatchSettings(batchBytes, batchRecords, Duration.ofMillis(lingerMs), maxPending);
    }

    /** A copy that an endpoint can change. */
    public SentinelConfiguration copy() {
        try {
            return (SentinelConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }
}
