package io.tapsentinel.read;

import io.tapsentinel.store.StoreException;
import io.tapsentinel.store.ledger.BackoffTable;
import io.tapsentinel.store.ledger.BackoffTable.Row;
import io.tapsentinel.store.ledger.LedgerEntry;
import io.tapsentinel.store.ledger.LedgerEntry.Purpose;
import io.tapsentinel.tap.api.TapBackoff;
import io.tapsentinel.tap.api.TapBackoff.Rest;
import io.tapsentinel.tap.api.TapCredentials;
import io.tapsentinel.tap.api.TapRefusedException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the rest after a 401, 403 or 429 in the store, so that it outlives a restart and applies to all replicas with
 * the same credentials. Other credentials, such as corrected ones, are tried at once. Call it only with the source's
 * lock.
 */
public final class KeptBackoff implements ReadListener {

    private static final Logger LOG = LoggerFactory.getLogger(KeptBackoff.class);
    private static final byte[] NONE = {};
    private static final int SALT_BYTES = 16;
    private static final int DIGEST_BITS = 256;
    /** Makes a guess at the secret cost about 50 ms should the store leak. */
    private static final int ITERATIONS = 100_000;

    private final TapBackoff rest;
    private final BackoffTable table;
    private final TapCredentials credentials;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    /** The row this program wrote or adopted last; null since TAP's last answer. */
    private Row own;
    /** Whether the store has a row, written by any program. */
    private boolean isStored;

    public KeptBackoff(TapBackoff rest, BackoffTable table, TapCredentials credentials, Clock clock) {
        this.rest = rest;
        this.table = table;
        this.credentials = credentials;
        this.clock = clock;
    }

    /**
     * Adopts the rest that another program, or this one before its start, stored.
     *
     * @throws StoreException when the store cannot be read
     */
    synchronized void load() {
        Optional<Row> row = table.read();
        isStored = row.isPresent();
        if (own != null && !isOfTheseCredentials(own)) {
            rest.allow();
        }
        if (row.isEmpty() && own != null && !TapBackoff.isAboutCredentials(refusal(own))) {
            // another program got an answer, possibly with other credentials
            rest.forget();
            own = null;
        }
        row.filter(other -> !isOwn(other.status(), other.since(), other.until()))
                .filter(this::isOfTheseCredentials)
                .ifPresent(this::resume);
    }

    private void resume(Row row) {
        own = row;
        Instant now = clock.instant();
        if (row.since().isAfter(now)) {
            // the clock was set back: keep the length of the rest, starting now
            Duration length = Duration.between(row.since(), row.until());
            own = new Row(
                    row.status(), row.text(), now, now.plus(length), row.throttled(), row.salt(), row.credentials());
            table.write(own);
        }
        rest.resume(new Rest(refusal(own), own.since(), own.until(), own.throttled()));
    }

    private static TapRefusedException refusal(Row row) {
        return new TapRefusedException(row.status(), row.text());
    }

    @Override
    public void committed(LedgerEntry read, Effort effort) {
        save();
    }

    @Override
    public void failed(Purpose purpose, Effort effort, String code) {
        save();
    }

    /** Stores the rest after the last request, or removes it. */
    private synchronized void save() {
        try {
            Optional<Rest> now = rest.rest();
            if (now.isEmpty()) {
                own = null;
                if (isStored) {
                    table.clear();
                    isStored = false;
                }
                return;
            }
            Instant since = now.get().since();
            Instant until = now.get().until();
            TapRefusedException refused = now.get().refused();
            if (until.isAfter(since) && !isOwn(refused.status(), since, until)) {
                byte[] salt = new byte[SALT_BYTES];
                random.nextBytes(salt);
                Row row = new Row(
                        refused.status(),
                        refused.text(),
                        since,
                        until,
                        now.get().throttled(),
                        salt,
                        // tap.secret-file may have changed since the request
                        credentials.sent().map(pair -> digest(pair, salt)).orElse(NONE));
                table.write(row);
                own = row;
                isStored = true;
            }
        } catch (StoreException e) {
            // in this program the rest applies anyway
            LOG.warn(
                    "the rest after TAP's refusal is not in the store, so a restart would end it early: {}",
                    e.getMessage());
        }
    }

    private boolean isOwn(int status, Instant since, Instant until) {
        return own != null
                && own.status() == status
                && own.since().toEpochMilli() == since.toEpochMilli()
                && own.until().toEpochMilli() == until.toEpochMilli();
    }

    /** Whether the next request uses the refused credentials. Unreadable credentials count as unchanged. */
    private boolean isOfTheseCredentials(Row row) {
        String now;
        try {
            now = credentials.current();
        } catch (RuntimeException e) {
            return true;
        }
        return MessageDigest.isEqual(digest(now, row.salt()), row.credentials());
    }

    private static byte[] digest(String pair, byte[] salt) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(new PBEKeySpec(pair.toCharArray(), salt, ITERATIONS, DIGEST_BITS))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks PBKDF2WithHmacSHA256", e);
        }
    }
}
