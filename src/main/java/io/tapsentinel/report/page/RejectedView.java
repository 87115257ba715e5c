package io.tapsentinel.report.page;

import io.tapsentinel.rejected.RejectedFile;
import io.tapsentinel.report.Format;
import io.tapsentinel.report.Rejected;
import io.tapsentinel.store.ReadOnlyStore;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Documents at {@code tap.rejected.uri} by table and reason. Opens one document of each group for its code. */
final class RejectedView {

    /** Documents of one table and reason. */
    private static final class Group {
        private long records;
        private Path newest;
        private Instant last = Instant.MIN;

        private void add(Path file, Instant at) {
            records++;
            if (at.isAfter(last)) {
                last = at;
                newest = file;
            }
        }
    }

    /** Limit of groups, so that made-up types cannot fill the page. */
    private static final int MOST = 50;
    /** Group of all others; no file name starts like this. */
    private static final String OTHERS = "~";

    private RejectedView() {}

    /** @param folder of the documents; null if they are not in a folder */
    static JsonObject of(ReadOnlyStore store, Path folder) {
        List<JsonObject> groups = new ArrayList<>();
        if (folder != null && Files.isDirectory(folder)) {
            groups(folder).forEach((kind, group) -> {
                RejectedFile newest = RejectedFile.of(group.newest);
                groups.add(new JsonObject()
                        .with("table", kind.equals(OTHERS) ? "others" : Format.table(newest.stream()))
                        .with("reason", newest.reason())
                        .with("code", newest.code().isEmpty() ? null : newest.code())
                        .with("records", group.records)
                        .with("last", group.last));
            });
        } else {
            store.each(
                    "SELECT stream, count(*), max(added) FROM seen WHERE source = ? AND rejected = 1 GROUP BY stream ORDER BY stream",
                    row -> groups.add(new JsonObject()
                            .with("table", Format.table(row.getString(1)))
                            .with("reason", null)
                            .with("code", null)
                            .with("records", row.getLong(2))
                            .with("last", Instant.ofEpochMilli(row.getLong(3)))),
                    store.source());
        }
        return new JsonObject().with("total", Rejected.count(store)).with("byReason", groups);
    }

    private static Map<String, Group> groups(Path folder) {
        Map<String, Group> groups = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
            for (Path file : files) {
                if (RejectedFile.isDocument(file)) {
                    String name = file.getFileName().toString();
                    String kind = name.replaceAll("-([0-9a-f]{32}(-[0-9a-f]{16})?|\\d{8}T.*Z)-", " ");
                    groups.computeIfAbsent(
                                    groups.size() < MOST || groups.containsKey(kind) ? kind : OTHERS,
                                    unused -> new Group())
                            .add(file, Files.getLastModifiedTime(file).toInstant());
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // a file was removed meanwhile; the next call counts the rest
        }
        return groups;
    }
}
