import Testing

@testable import stormo_cli

struct ProseWrapTests {
    @Test func cutsBetweenWords() {
        let sentence = "warning: the mean of column 'height' is missing in 3 rows; say --missing mean"
        #expect(
            ProseWrap.text(sentence, within: 30)
                == "warning: the mean of column\n'height' is missing in 3 rows;\nsay --missing mean")
        #expect(ProseWrap.text(sentence, within: nil) == sentence)
        #expect(ProseWrap.text(sentence, within: 80) == sentence)
        // Each line by itself, with its indent; and a word that is longer than a line.
        #expect(
            ProseWrap.text("  one two three four five\nsix", within: 20) == "  one two three four\n  five\nsix")
        let path = String(repeating: "x", count: 30)
        #expect(ProseWrap.text("see \(path) for it", within: 20) == "see\n\(path)\nfor it")
    }

    @Test func aTextBehindALabelStaysInItsColumn() {
        #expect(
            ProseWrap.text("  training    epochs 2, batch_size 10, shuffle true", within: 32)
                == "  training    epochs 2,\n              batch_size 10,\n              shuffle true")
        #expect(
            ProseWrap.text("loss           sparse_categorical_crossentropy", within: 40)
                == "loss\n  sparse_categorical_crossentropy")
    }

    @Test func commandsAreNotCut() {
        #expect(
            ProseWrap.text("what its columns hold: stormo data inspect penguins.csv", within: 40)
                == "what its columns hold:\nstormo data inspect penguins.csv")
        #expect(
            ProseWrap.text("go on with it by stormo train --resume runs/x, or name another directory", within: 36)
                == "go on with it by\nstormo train --resume runs/x, or\nname another directory")
        let long = "stormo evaluate runs/trees --data /a/folder/that/is/long/trees.csv"
        #expect(ProseWrap.text("measure it: \(long)", within: 40) == "measure it:\n\(long)")
        // What goes on behind a longer one is cut between words.
        #expect(
            ProseWrap.text("by \(long), which says how good it is", within: 40)
                == "by stormo evaluate runs/trees --data\n/a/folder/that/is/long/trees.csv, which\nsays how good it is")
    }

    @Test func leavesWhatIsCopiedOrAligned() {
        for line in [
            "  stormo train a/rather/long/path/to/a/config.json", #"{"samples": 12, "loss": 0.25, "metrics": {}}"#,
            "epoch 1/3  loss 0.1234  accuracy 0.5000  943 samples/s",
        ] { #expect(ProseWrap.text(line, within: 24) == line) }
        #expect(
            ProseWrap.text(
                "a.tif is a TIFF image; make a PNG of it: python3 -c 'import os; from PIL import Image'", within: 24)
                == "a.tif is a TIFF image;\nmake a PNG of it:\npython3 -c 'import os; from PIL import Image'")
    }
}
