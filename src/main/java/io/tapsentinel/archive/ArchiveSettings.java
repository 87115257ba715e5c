package io.tapsentinel.archive;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import io.tapsentinel.rejected.FileEndpoint;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where TAP's answers are archived.
 *
 * @param uri      endpoint for answers with new events; empty for none
 * @param outbox   folder where they wait
 * @param maxBytes maximum size of the waiting answers; further answers are dropped
 */
public record ArchiveSettings(Optional<String> uri, Path outbox, long maxBytes) {

    /**
     * Reads the settings. The outbox, an archive folder, the folders for replay and rejected records and the spool must
     * be separate, since the program takes and removes files there.
     *
     * @throws InvalidSettingException naming the first wrong property, or two whose folders are equal or nested
     */
    public static ArchiveSettings of(SettingReader read) {
        ArchiveSettings archive = new ArchiveSettings(
                read.text("tap.archive.uri"),
                Path.of(read.required("tap.archive.outbox")),
                1_000_000L * read.number("tap.archive.max-megabytes", 1, 1_000_000));
        if (archive.uri.isPresent()) {
            Map<String, Path> others = new TreeMap<>(Map.of("tap.spool", Path.of(read.required("tap.spool"))));
            for (String property : new String[] {"tap.replay.uri", "tap.rejected.uri"}) {
                FileEndpoint.folder(read.required(property)).ifPresent(folder -> others.put(property, folder));
            }
            requireApart("tap.archive.outbox", archive.outbox, others);
            others.put("tap.archive.outbox", archive.outbox);
            FileEndpoint.folder(archive.uri.get()).ifPresent(folder -> requireApart("tap.archive.uri", folder, others));
        }
        return archive;
    }

    private static void requireApart(String property, Path folder, Map<String, Path> others) {
        Path mine = folder.toAbsolutePath().normalize();
        others.forEach((name, other) -> {
            Path theirs = other.toAbsolutePath().normalize();
            if (mine.startsWith(theirs) || theirs.startsWith(mine)) {
                throw SettingReader.bad(
                        property, folder.toString(), "a folder apart from that of " + name + ", " + other);
            }
        });
    }
}
