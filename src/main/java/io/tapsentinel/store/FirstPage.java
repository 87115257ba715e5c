package io.tapsentinel.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The header of a SQLite file: 100 bytes, which a disk writes atomically. Each commit of this program increments a counter there, so two
 * states of a file never have the same header.
 */
record FirstPage(ByteBuffer header) {

    private static final int HEADER = 100;
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    /** Offset of SQLite's user_version. */
    private static final int COMMITS_AT = 60;

    /** Offset of a number that grows with each schema change and VACUUM. */
    private static final int SCHEMA_COOKIE_AT = 40;

    private static final int LOG_HEADER = 32;
    /** Without the last bit, which selects the checksum's byte order. */
    private static final int LOG_MAGIC = 0x377f0682 >>> 1;

    private static final int PAGE_SIZE_AT = 8;
    private static final int SALTS_AT = 16;
    private static final int FRAME_HEADER = 24;
    private static final int FRAME_SALTS_AT = 8;

    /** The header in the file itself, ignoring its log. @throws EOFException when the file is too short */
    static FirstPage of(RandomAccessFile file) throws IOException {
        return new FirstPage(read(file, 0, HEADER));
    }

    /** All headers in a write-ahead log, in commit order; empty when the file is not a log. */
    static List<FirstPage> in(Path log) throws IOException {
        List<FirstPage> pages = new ArrayList<>();
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            ByteBuffer begin = read(file, 0, LOG_HEADER);
            int pageSize = begin.getInt(PAGE_SIZE_AT);
            if (begin.getInt(0) >>> 1 != LOG_MAGIC || pageSize < HEADER) {
                return pages;
            }
            for (long at = LOG_HEADER; ; at += FRAME_HEADER + pageSize) {
                ByteBuffer frame = read(file, at, FRAME_HEADER + HEADER);
                if (frame.getLong(FRAME_SALTS_AT) != begin.getLong(SALTS_AT)) {
                    // frames from before SQLite restarted the log
                    return pages;
                }
                if (frame.getInt(0) == 1) {
                    pages.add(new FirstPage(frame.slice(FRAME_HEADER, HEADER)));
                }
            }
        } catch (EOFException end) {
            return pages;
        }
    }

    /** Whether this is the header of a SQLite file. */
    boolean isSqlite() {
        return header.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    /** The commit counter. */
    long commits() {
        return header.getInt(COMMITS_AT);
    }

    /** Whether this can be the next commit after {@code before}, or has the same number. */
    boolean follows(FirstPage before) {
        long more = commits() - before.commits();
        return (more == 0 || more == 1)
                && header.getInt(SCHEMA_COOKIE_AT) - before.header.getInt(SCHEMA_COOKIE_AT) >= 0;
    }

    /** Does not use a channel, since an interrupt would close it. */
    private static ByteBuffer read(RandomAccessFile file, long at, int bytes) throws IOException {
        byte[] buffer = new byte[bytes];
        file.seek(at);
        file.readFully(buffer);
        return ByteBuffer.wrap(buffer);
    }
}
