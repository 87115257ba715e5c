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
 * The header of a SQLite file: the first hundred bytes of its first page, which a disk writes as a whole or not at all. Each commit of
 * this program counts itself there, so that two states of a file never have the same one.
 */
record FirstPage(ByteBuffer header) {

    private static final int HEADER = 100;
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    /** Where SQLite has its user_version. */
    private static final int COMMITS_AT = 60;

    /** A number that each change of the schema, and VACUUM, makes larger. */
    private static final int SCHEMA_COOKIE_AT = 40;

    private static final int LOG_HEADER = 32;
    /** Without its last bit, which is about checksums. */
    private static final int LOG_MAGIC = 0x377f0682 >>> 1;

    private static final int PAGE_SIZE_AT = 8;
    private static final int SALTS_AT = 16;
    private static final int FRAME_HEADER = 24;
    private static final int FRAME_SALTS_AT = 8;

    /** Of a file, without its log. @throws EOFException when it is shorter */
    static FirstPage of(RandomAccessFile file) throws IOException {
        return new FirstPage(read(file, 0, HEADER));
    }

    /** All that are in a log, in the order of their commits; none when it is no log. */
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
                    // left from before SQLite began the log again
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

    /** Whether it is that of a SQLite file. */
    boolean isSqlite() {
        return header.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    /** The number of the commit that wrote it. */
    long commits() {
        return header.getInt(COMMITS_AT);
    }

    /** Whether a commit that wrote this one can be the next one after the other, or of the same number. */
    boolean follows(FirstPage before) {
        long more = commits() - before.commits();
        return (more == 0 || more == 1)
                && header.getInt(SCHEMA_COOKIE_AT) - before.header.getInt(SCHEMA_COOKIE_AT) >= 0;
    }

    /** Not by a channel, which an interrupted thread would close. */
    private static ByteBuffer read(RandomAccessFile file, long at, int bytes) throws IOException {
        byte[] buffer = new byte[bytes];
        file.seek(at);
        file.readFully(buffer);
        return ByteBuffer.wrap(buffer);
    }
}
