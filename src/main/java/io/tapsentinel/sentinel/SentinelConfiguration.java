package io.tapsentinel.sentinel;

import io.tapsentinel.sentinel.batch.BatchSettings;
import io.tapsentinel.sentinel.batch.RetrySettings;
import java.time.Duration;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;

/** Batching and retry options of a table, named like Kafka's. */
@UriParams
public class SentinelConfiguration implements Cloneable {

    @UriParam(label = "producer", defaultValue = "1000000")
    @Metadata(
            description =
                    "Upper bound of the uncompressed body of a batch in bytes. At most 1000000, since Azure accepts"
                            + " 1 MB a call.")
    private int batchBytes = BatchSettings.MOST_BYTES;

    @UriParam(label = "producer", defaultValue = "5000")
    @Metadata(description = "Maximum number of records in a batch.")
    private int batchRecords = 5000;

    @UriParam(label = "producer", defaultValue = "500")
    @Metadata(description = "How long a batch waits for more records after its first, in milliseconds. At most 60000.")
    private long lingerMs = 500;

    @UriParam(label = "producer", defaultValue = "10000")
    @Metadata(
            description =
                    "Maximum number of records waiting for their acknowledgement. At this number the reader waits.")
    private int maxPending = 10_000;

    @UriParam(label = "producer", defaultValue = "1000")
    @Metadata(
            description =
                    "Pause after a failed request, in milliseconds. It doubles with each further failure. A longer Retry-After"
                            + " of the service takes precedence.")
    private long retryBackoffMs = 1000;

    @UriParam(label = "producer", defaultValue = "60000")
    @Metadata(
            description =
                    "Longest pause, in milliseconds. Also the pause while every request is refused (401, 403, 404).")
    private long retryBackoffMaxMs = 60_000;

    @UriParam(label = "producer", defaultValue = "0")
    @Metadata(
            description =
                    "How long a batch is retried before it is given up, in milliseconds. Its window is then read and sent"
                            + " again. With 0 a batch is retried until the table is suspended, which happens when it fails for two"
                            + " minutes while another table works.")
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

    /**
     * The retry options.
     *
     * @throws IllegalArgumentException naming an option that is out of bounds
     */
    RetrySettings retrySettings() {
        return new RetrySettings(
                Duration.ofMillis(retryBackoffMs),
                Duration.ofMillis(retryBackoffMaxMs),
                Duration.ofMillis(deliveryTimeoutMs));
    }

    /**
     * The batching options.
     *
     * @throws IllegalArgumentException naming an option that is out of bounds
     */
    BatchSettings batchSettings() {
        return new BatchSettings(batchBytes, batchRecords, Duration.ofMillis(lingerMs), maxPending);
    }

    /** A copy for an endpoint to change. */
    public SentinelConfiguration copy() {
        try {
            return (SentinelConfiguration) clone();
        } catch (CloneNotSupportedException e) {
            throw new RuntimeCamelException(e);
        }
    }
}
