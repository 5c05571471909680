-- nvim --headless --clean -l neovim.lua FILE SETUP.lua: attach, diagnostics, hover, code action, save
local file, setup = arg[1], arg[2]
local function fail(message)
  io.stderr:write("FAIL " .. message .. "\n")
  vim.cmd("cquit 1")
end
local function await(what, done)
  if not vim.wait(20000, done, 10) then
    fail("timeout: " .. what)
  end
end
local function expect(what, is)
  if not is then
    fail(what)
  end
end

dofile(setup)
vim.cmd.edit(file)
vim.bo.filetype = "python"
local buffer = vim.api.nvim_get_current_buf()
await("attach", function()
  return #vim.lsp.get_clients({ bufnr = buffer }) > 0
end)
local client = vim.lsp.get_clients({ bufnr = buffer })[1]

local function with_code(code)
  return vim.tbl_filter(function(d)
    return d.code == code
  end, vim.diagnostic.get(buffer))
end
await("diagnostics", function()
  return #with_code("CL101") == 1 and #with_code("CL403") == 1
end)
local function text_at(d)
  return vim.api.nvim_buf_get_text(buffer, d.lnum, d.col, d.end_lnum, d.end_col, {})[1]
end
local lost, wrong = with_code("CL101")[1], with_code("CL403")[1]
expect("the range of CL101 is " .. text_at(lost), text_at(lost) == "put_object(")
expect("the range of CL403 is " .. text_at(wrong), text_at(wrong) == '"NoSchKey"')

vim.api.nvim_win_set_cursor(0, { lost.lnum + 1, lost.col })
vim.lsp.buf.hover()
await("hover", function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
      return table.concat(lines, " "):find("lost%-update") ~= nil
    end
  end
end)

local function repair(diagnostic, title)
  vim.api.nvim_win_set_cursor(0, { diagnostic.lnum + 1, diagnostic.col })
  vim.lsp.buf.code_action({
    apply = true,
    context = { only = { "quickfix" } },
    filter = function(action)
      return action.title:find(title) ~= nil
    end,
  })
  await(diagnostic.code .. " repaired", function()
    return #with_code(diagnostic.code) == 0
  end)
end
repair(wrong, "^Replace")
repair(with_code("CL101")[1], "IfMatch")
expect("diagnostics are left", #vim.diagnostic.get(buffer) == 0)
vim.cmd.write()
client:stop()
await("stopped", function()
  return client:is_stopped()
end)
vim.cmd("qall!")
