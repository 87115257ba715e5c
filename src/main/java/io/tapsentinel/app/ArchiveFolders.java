package io.tapsentinel.app;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import io.tapsentinel.rejected.FileEndpoint;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Answers that wait, are kept or are brought in again lie apart from each other, and from what else the program takes and removes. */
final class ArchiveFolders {

    private ArchiveFolders() {}

    /** @throws InvalidSettingException naming two properties whose folders are the same, or one inside the other */
    static void check(SettingReader read, Settings.Archive archive) {
        Map<String, Path> others = new TreeMap<>();
        others.put("tap.spool", Path.of(read.required("tap.spool")));
        for (String property : new String[] {"tap.replay.uri", "tap.rejected.uri"}) {
            FileEndpoint.folder(read.required(property)).ifPresent(folder -> others.put(property, folder));
        }
        check("tap.archive.outbox", archive.outbox(), others);
        Optional<Path> kept = archive.uri().flatMap(FileEndpoint::folder);
        others.put("tap.archive.outbox", archive.outbox());
        kept.ifPresent(folder -> check("tap.archive.uri", folder, others));
    }

    private static void check(String property, Path folder, Map<String, Path> others) {
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
