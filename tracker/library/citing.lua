-- Every item in every style, each alone. The input is JSON: a list of {item, language, styles: name -> file}; so is
-- the output: a list of {id, style, html}.
local function read(name)
  local file = assert(io.open(name, "r"))
  local text = file:read("a")
  file:close()
  return text
end

function Pandoc()
  local made = {}
  local everything = pandoc.Cite({pandoc.Str("*")}, {pandoc.Citation("*", "NormalCitation")})
  for _, one in ipairs(pandoc.json.decode(read("input"), false)) do
    local references = pandoc.read(pandoc.json.encode({one.item}), "csljson").meta.references
    for style, file in pairs(one.styles) do
      local alone = pandoc.Pandoc({}, {
        references = references,
        csl = file .. ".csl",
        lang = one.language,
        nocite = pandoc.Inlines({everything}),
      })
      local written = pandoc.write(pandoc.utils.citeproc(alone), "html", {wrap_text = "none"})
      table.insert(made, {id = one.item.id, style = style, html = written})
    end
  end
  return pandoc.Pandoc({pandoc.CodeBlock(pandoc.json.encode(made))})
end
